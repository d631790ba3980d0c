/// Where a service listens: a literal address and a port.
public struct EndpointAddress: Hashable, Sendable {
  /// IPv6 without brackets.
  public let host: String
  /// 0 for any that is free.
  public let port: Int

  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  var isV6: Bool { host.utf8.contains(UInt8(ascii: ":")) }

  /// As a URL spells it.
  var hostInURL: String { isV6 ? "[\(host)]" : host }
  public var description: String { "\(hostInURL):\(port)" }
  public var url: String { "http://\(description)" }
}
