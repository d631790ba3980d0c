import CCurl
import Model

/// What a reply has brought so far. libcurl's callbacks write here, counting for themselves: its own limit does not see
/// chunked replies before 8.4.
final class ReplyReceiver {
  enum Refusal: Equatable {
    case tooLarge(limit: Int)
    case encoded(String)
  }

  private(set) var headers: [(name: String, value: String)] = []
  private(set) var body: [UInt8] = []
  /// Why a callback made libcurl stop.
  private(set) var refusal: Refusal?
  private var headerBytes = 0
  private let bodyLimit: Int

  init(bodyLimit: Int) { self.bodyLimit = max(0, bodyLimit) }

  /// False ends the transfer.
  fileprivate func receive(body bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count <= bodyLimit - body.count else {
      refusal = .tooLarge(limit: bodyLimit)
      return false
    }
    body.append(contentsOf: bytes)
    return true
  }

  /// One line with its end. False ends the transfer.
  fileprivate func receive(header bytes: UnsafeRawBufferPointer) -> Bool {
    headerBytes += bytes.count
    guard headerBytes <= Exchange.headerLimit else {
      refusal = .tooLarge(limit: Exchange.headerLimit)
      return false
    }
    if bytes.starts(with: "HTTP/".utf8) {
      // A status line: what came before it belonged to an interim reply.
      headers = []
      return true
    }
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return true }
    let name = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
    let value = String(decoding: ReplyReceiver.trimmed(bytes[(colon + 1)...]), as: UTF8.self)
    headers.append((name, value))
    let isEncoded =
      switch name {
      case "content-encoding": !value.isEmpty && value.lowercased() != "identity"
      // libcurl 7.88 undoes these codings too, asked or not.
      case "transfer-encoding": value.lowercased().utf8.split(separator: UInt8(ascii: ",")).contains { !isFraming($0) }
      default: false
      }
    if isEncoded { refusal = .encoded(value) }
    return !isEncoded
  }

  /// Whether a transfer coding leaves the bytes as they are.
  private func isFraming(_ coding: Substring.UTF8View) -> Bool {
    let name = coding.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
    return name.elementsEqual("chunked".utf8) || name.elementsEqual("identity".utf8)
  }

  private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
    func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0D, 0x0A].contains(byte) }
    var bytes = bytes.drop(while: isBlank)
    while let last = bytes.last, isBlank(last) { bytes = bytes.dropLast() }
    return bytes
  }

  /// CURLOPT_WRITEFUNCTION; the context is the receiver, which its caller keeps alive for the transfer.
  static let onBody: curl_write_callback = { data, size, count, context in
    receive(data, size, count, context) { $0.receive(body: $1) }
  }

  /// CURLOPT_HEADERFUNCTION.
  static let onHeader: curl_write_callback = { data, size, count, context in
    receive(data, size, count, context) { $0.receive(header: $1) }
  }

  private static func receive(
    _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?,
    _ accept: (ReplyReceiver, UnsafeRawBufferPointer) -> Bool
  ) -> Int {
    let (length, overflow) = size.multipliedReportingOverflow(by: count)
    guard !overflow, let context else { return 0 }
    if length == 0 { return 0 }
    guard let data else { return 0 }
    let receiver = Unmanaged<ReplyReceiver>.fromOpaque(context).takeUnretainedValue()
    // Any other count than that of the bytes offered is an error to libcurl.
    return accept(receiver, UnsafeRawBufferPointer(start: data, count: length)) ? length : 0
  }
}
