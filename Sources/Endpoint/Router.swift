internal import Formats
internal import Model

/// One connection's way to its answers.
protocol Responder {
  func response(to head: RequestHead, now: WallTime) -> Response
}

/// Decides every answer of a credential service, from a request's head and memory alone. The order of the checks is
/// part of the contract: 403, 405, 404, 401 (429), 503, 200.
struct Router: Responder {
  static let path = "/credentials"

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
    let probe = probes.flatMap { $0.probe(head.path) }
    if let refusal = policy.refusal(of: head, isProbe: probe != nil) { return refusal }
    guard head.method.elementsEqual("GET".utf8) else { return .notAllowed("GET") }
    if let probe { return probe.response(now: now) }
    let found: CredentialBoard?
    switch (access, target(head.path)) {
    case (_, .nothing): return .notFound("there is only \(Router.path)")
    case (.single(let right, let board), .own): found = token(head).flatMap { $0 == right ? board : nil }
    case (.single, .named): return .notFound("there is only \(Router.path)")
    case (.profiles(let table), .own): found = token(head).flatMap { table.entry(openedBy: $0) }?.board
    case (.profiles(let table), .named(let name)):
      guard let entry = table.entry(named: name) else { return .notFound("there is no such profile here") }
      found = token(head).flatMap { $0 == entry.token ? entry.board : nil }
    }
    return found?.answer(at: now) ?? unauthorized()
  }

  private enum Target {
    /// The profile of the token.
    case own
    case named(ArraySlice<UInt8>)
    case nothing
  }

  private func target(_ path: [UInt8]) -> Target {
    guard path.starts(with: Router.path.utf8) else { return .nothing }
    let rest = path.dropFirst(Router.path.utf8.count)
    if rest.isEmpty { return .own }
    return rest.first == Octet.slash && rest.count > 1 ? .named(rest.dropFirst()) : .nothing
  }

  /// The token as it is, or after `Bearer `. Whoever gets it compares it as a `Secret`, in constant time.
  private func token(_ head: RequestHead) -> Secret? {
    let values = head.values("authorization")
    guard let value = values.first, values.count == 1 else { return nil }
    let scheme = Array("bearer ".utf8)
    let hasScheme = value.prefix(scheme.count).map(Octet.lowercased) == scheme
    return Secret(hasScheme ? value.dropFirst(scheme.count) : value[...])
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
