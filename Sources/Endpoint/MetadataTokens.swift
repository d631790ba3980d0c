internal import Formats
internal import Model

/// Session tokens of the metadata service, which nobody has to remember: each says until when it is valid and carries a
/// code that only this process can make. However many are asked for, the first stays valid and no memory is used.
struct MetadataTokens: Sendable {
  /// Seconds a client may ask for.
  static let lifetimes: ClosedRange<Int64> = 1...21_600
  static let keySize = 32

  let key: [UInt8]
  let cryptography: any Cryptography
  let clocks: any Clocks

  private static let endSize = 8
  private static let codeSize = 32

  func make(lifetime: Int64) -> String {
    let end = UInt64(clamping: (clocks.boot() + .seconds(lifetime)).nanoseconds)
    let encoded = (0..<Self.endSize).map { UInt8(truncatingIfNeeded: end >> (56 - 8 * UInt64($0))) }
    return Base64URL.encode(encoded + code(encoded))
  }

  func isValid(_ token: RequestBytes) -> Bool {
    guard token.count <= 64, let bytes = Base64URL.decode(token), bytes.count == Self.endSize + Self.codeSize else {
      return false
    }
    let encoded = Array(bytes.prefix(Self.endSize))
    let end = encoded.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let isOurs = Secret(bytes.dropFirst(Self.endSize)) == Secret(code(encoded))
    return isOurs && end > UInt64(clamping: clocks.boot().nanoseconds)
  }

  /// HMAC-SHA-256 (RFC 2104).
  private func code(_ message: [UInt8]) -> [UInt8] {
    let block = key + [UInt8](repeating: 0, count: 64 - key.count)
    let inner = cryptography.digest(.sha256, block.map { $0 ^ 0x36 } + message)
    return cryptography.digest(.sha256, block.map { $0 ^ 0x5C } + inner)
  }
}
