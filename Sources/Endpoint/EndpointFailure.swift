internal import Glibc
public import Model

public enum EndpointFailure: Explained, Hashable {
  case notBound(address: EndpointAddress?, problem: Problem)

  public enum Problem: Hashable, Sendable {
    /// Of the system.
    case number(Int32)
    case other(String)
  }

  public var kind: FailureKind { .configuration }

  public var message: String {
    switch self {
    case .notBound(let address, let problem):
      let place = address.map(\.description) ?? "the socket that was handed over"
      return "no listening on \(place.printable()): \(problem.words)"
    }
  }

  public var hint: String? {
    switch self {
    case .notBound(let address?, .number(EADDRNOTAVAIL)):
      "no interface of this machine has it; as root, `ip addr add \(address.host)/\(address.isV6 ? 128 : 32) dev lo`"
    case .notBound(_, .number(EADDRINUSE)): "another program holds it; see `ss -ltnp`, or name another"
    case .notBound(_, .number(EACCES)): "ports below 1024 take root or CAP_NET_BIND_SERVICE; name a higher one"
    case .notBound: "name another address, or port 0 for any that is free"
    }
  }
}

extension EndpointFailure.Problem {
  /// In the system's words, with a small first letter.
  fileprivate var words: String {
    switch self {
    case .number(let number):
      let text = strerror(number).map { String(cString: $0) } ?? "error \(number)"
      return text.prefix(1).lowercased() + text.dropFirst()
    case .other(let text): return text.printable()
    }
  }
}
