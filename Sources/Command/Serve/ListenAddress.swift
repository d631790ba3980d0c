import Endpoint
import Formats

/// `ADDRESS:PORT` of something that hands out credentials: never where another machine could reach it.
enum ListenAddress {
  /// To what AWS SDKs send over plain http, beside loopback addresses.
  /// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>
  static let containerHosts = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"]
  /// Where SDKs look for an instance's metadata by themselves.
  static let metadataHosts = containerHosts + ["169.254.169.254", "fd00:ec2::254"]

  /// Nil unless the address is literal (or `localhost`) and one of these or a loopback.
  static func parse(_ text: String, besideLoopback hosts: [String] = containerHosts) -> EndpointAddress? {
    let bytes = Array(text.utf8)
    guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")) else { return nil }
    let digits = bytes[(colon + 1)...]
    guard (1...5).contains(digits.count), digits.allSatisfy(\.isASCIIDigit),
      case let port = digits.reduce(0, { $0 * 10 + Int($1 - UInt8(ascii: "0")) }), port <= 65_535
    else { return nil }
    var host = bytes[..<colon]
    if host.elementsEqual("localhost".utf8) { return EndpointAddress(host: "127.0.0.1", port: port) }
    if host.first == UInt8(ascii: "["), host.last == UInt8(ascii: "]") {
      host = host.dropFirst().dropLast()
      guard let address = IPAddress.v6(host) else { return nil }
      let isLoopback = address == [UInt8](repeating: 0, count: 15) + [1]
      guard isLoopback || hosts.contains(where: { IPAddress.v6(Array($0.utf8)) == address }) else { return nil }
    } else {
      guard let address = IPAddress.v4(host) else { return nil }
      guard address.first == 127 || hosts.contains(where: { IPAddress.v4(Array($0.utf8)) == address }) else {
        return nil
      }
    }
    return EndpointAddress(host: String(decoding: host, as: UTF8.self), port: port)
  }
}
