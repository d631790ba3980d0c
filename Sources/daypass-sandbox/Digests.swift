import COpenSSL

/// Digests and random text, by libcrypto and the system's generator.
enum Digests {
  enum Name { case sha256, sha384, sha512 }

  static func digest(_ name: Name, _ bytes: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    let type =
      switch name {
      case .sha256: EVP_sha256()
      case .sha384: EVP_sha384()
      case .sha512: EVP_sha512()
      }
    guard EVP_Digest(bytes, bytes.count, &output, &count, type, nil) == 1 else { return [] }
    return Array(output.prefix(Int(count)))
  }

  static func sha256(_ bytes: [UInt8]) -> [UInt8] { digest(.sha256, bytes) }

  static func hmacSHA256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: 32)
    var count = 0
    let done = EVP_Q_mac(
      nil, "HMAC", nil, "SHA256", nil, key, key.count, message, message.count, &output, output.count, &count)
    return done == nil ? [] : Array(output.prefix(count))
  }

  static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// `count` characters drawn evenly from `alphabet`.
  static func randomText(_ count: Int, from alphabet: String = alphanumerics) -> String {
    let characters = Array(alphabet.utf8)
    var generator = SystemRandomNumberGenerator()
    var text: [UInt8] = []
    for _ in 0..<count { if let byte = characters.randomElement(using: &generator) { text.append(byte) } }
    return String(decoding: text, as: UTF8.self)
  }

  static let alphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

  /// Time does not depend on where the first difference is.
  static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
