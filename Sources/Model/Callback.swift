/// The seam to the one HTTP request that a browser on this machine makes at the end of a login (RFC 8252 §7.3): a listener
/// on the literal 127.0.0.1, on a port that the system chose.
public protocol CallbackListener: AnyObject {
  var port: Int { get }
  /// The next complete request; nil when the deadline has come.
  func next(until deadline: BootTime) throws(CallbackFailure) -> (any CallbackRequest)?
}

public protocol CallbackRequest: AnyObject {
  /// As received: `/callback?code=…`; only GET requests come this far.
  var target: [UInt8] { get }
  /// Sends a small page and closes the connection. Failures do not matter: the person sees the terminal too.
  func answer(status: Int, title: String, text: String)
}

public enum CallbackFailure: Explained, Hashable {
  case unbound(reason: String)
  case interrupted(Interrupted)

  public var kind: FailureKind {
    switch self {
    case .unbound: .configuration
    case .interrupted(let signal): signal.kind
    }
  }

  public var message: String {
    switch self {
    case .unbound(let reason): "cannot listen on 127.0.0.1: \(reason.printable())"
    case .interrupted(let signal): signal.message
    }
  }

  public var hint: String? {
    if case .unbound = self { "log in with --method device" } else { nil }
  }
}
