internal import Model
internal import Synchronization

/// Names beside the standard ones under which a service may be asked for (`allow_host`); replaced on a reload.
public final class AllowedHosts: Sendable {
  private let contents: Mutex<[[UInt8]]>

  public init(_ names: [String] = []) { contents = Mutex(Self.bytes(names)) }

  public func replace(with names: [String]) { contents.withLock { $0 = Self.bytes(names) } }

  /// In lower case.
  var names: [[UInt8]] { contents.withLock { $0 } }

  private static func bytes(_ names: [String]) -> [[UInt8]] { names.map { Array($0.lowercased().utf8) } }
}

/// Who may ask at all, before anything is looked up: the checks that keep web pages and proxies out.
struct RequestPolicy: Sendable {
  /// `:` and the bound port, which a Host header may name or leave out (the CRT-based AWS SDKs do).
  private let portSuffix: [UInt8]
  /// The bound address, as a URL spells it.
  private let address: [UInt8]
  private let others: AllowedHosts

  init(port: Int, address: String = "127.0.0.1", others: AllowedHosts = AllowedHosts()) {
    portSuffix = Array(":\(port)".utf8)
    self.address = Array(address.utf8)
    self.others = others
  }

  /// Nil if the request comes from a program on this machine as far as its headers tell.
  ///
  /// - Parameter isProbe: probes are asked under whatever name or address the machine has; they hold no secret.
  func refusal(of head: RequestHead, isProbe: Bool = false) -> Response? {
    if !isProbe {
      guard let host = head.value("host")?.first, isOwn(host) else {
        return .forbidden("the Host header does not name this service")
      }
    }
    guard !head.headers.contains(where: { Self.isTelltale($0.name) }) else {
      return .forbidden("requests of browsers and through proxies are not answered")
    }
    return nil
  }

  /// Browsers add these by themselves and let no script remove them; proxies say by these whom they ask for.
  private static func isTelltale(_ name: RequestBytes) -> Bool {
    name.startsIgnoringCase(with: "sec-fetch-") || name.equalsIgnoringCase("origin")
      || name.equalsIgnoringCase("x-forwarded-for") || name.equalsIgnoringCase("forwarded")
      || name.equalsIgnoringCase("via")
  }

  private func isOwn(_ host: RequestBytes) -> Bool {
    isOwnName(host) || (host.ends(with: portSuffix) && isOwnName(host.dropLast(portSuffix.count)))
  }

  /// Names under which this service is always reached, and those that were allowed. A page whose own name was pointed at
  /// a loopback address (DNS rebinding) sends that name.
  private func isOwnName(_ name: RequestBytes) -> Bool {
    name.equalsIgnoringCase("127.0.0.1") || name.equalsIgnoringCase("localhost") || name.equalsIgnoringCase("[::1]")
      || name.equalsIgnoringCase(address) || others.names.contains { name.equalsIgnoringCase($0) }
  }
}
