public import Model

public enum EndpointFailure: Explained, Hashable {
  case notBound(address: String, reason: String)

  public var kind: FailureKind { .configuration }

  public var message: String {
    switch self {
    case .notBound(let address, let reason): "no listening on \(address.printable()): \(reason.printable())"
    }
  }

  public var hint: String? {
    switch self {
    case .notBound: "another program may hold the address; see `ss -ltnp`"
    }
  }
}
