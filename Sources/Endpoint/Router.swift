internal import Formats
internal import Model

/// One connection's way to its answers.
protocol Responder {
  func response(to head: RequestHead, now: WallTime) -> Response
}

/// Decides every answer of a credential service, from a request's head and memory alone. The order of the checks is
/// part of the contract: 403, 405, 404, 401 (429), 503, 200.
struct Router: Responder {
  private static let own: StaticString = "/credentials"
  static let path = own.description

  let policy: RequestPolicy
  let access: Access
  var probes: Probes?

  /// Which token opens which credentials.
  enum Access {
    /// One, which has no name.
    case single(token: Secret, board: CredentialBoard)
    case profiles(ProfileTable)
  }

  /// Who has failed to authenticate lately, and where this client is; nil where nobody counts.
  var failures: (count: FailedAuthentications, address: String, clocks: any Clocks)?

  func response(to head: RequestHead, now: WallTime) -> Response {
    let target = Target(head.path)
    let probe: Probes.Probe? = if case .nothing = target { probes?.probe(head.path) } else { nil }
    if let refusal = policy.refusal(of: head, isProbe: probe != nil) { return refusal }
    guard head.method.equals("GET") else { return .notAllowed("GET") }
    if let probe { return probe.response(now: now) }
    let found: CredentialBoard?
    switch (access, target) {
    case (_, .nothing): return .notFound("there is only \(Router.path)")
    case (.single(let right, let board), .own): found = token(head).flatMap { right.matches($0) ? board : nil }
    case (.single, .named): return .notFound("there is only \(Router.path)")
    case (.profiles(let table), .own): found = token(head).flatMap { table.entry(openedBy: $0) }?.board
    case (.profiles(let table), .named(let name)):
      guard let entry = table.entry(named: name) else { return .notFound("there is no such profile here") }
      found = token(head).flatMap { entry.token.matches($0) ? entry.board : nil }
    }
    return found?.answer(at: now) ?? unauthorized()
  }

  private enum Target {
    /// The profile of the token.
    case own
    case named(RequestBytes)
    case nothing

    init(_ path: RequestBytes) {
      guard path.starts(with: Router.own) else {
        self = .nothing
        return
      }
      let rest = path.dropFirst(Router.own.utf8CodeUnitCount)
      self = rest.isEmpty ? .own : rest.first == Octet.slash && rest.count > 1 ? .named(rest.dropFirst()) : .nothing
    }
  }

  /// The token as it is, or after `Bearer `. Whoever gets it compares it in constant time.
  private func token(_ head: RequestHead) -> RequestBytes? {
    guard let value = head.onlyValue("authorization") else { return nil }
    let scheme: StaticString = "bearer "
    return value.startsIgnoringCase(with: scheme) ? value.dropFirst(scheme.utf8CodeUnitCount) : value
  }

  private func unauthorized() -> Response {
    if let failures, failures.count.isBeyondLimit(failures.address, at: failures.clocks.boot()) {
      return Response(
        .tooManyRequests, code: "TooManyRequests", message: "too many requests without the right token",
        headers: [("Retry-After", "1")])
    }
    return Response(
      .unauthorized, code: "Unauthorized", message: "the Authorization header does not hold the token",
      headers: [("WWW-Authenticate", "Bearer")])
  }
}
