import Formats
import Model
import Synchronization

/// A provider and an STS in memory. They go by the true time, check what they are handed, count, and misbehave on
/// demand.
final class SmallProvider: Transport {
  static let issuer = "https://op.example"
  static let sts = "https://sts.example/"

  struct Counts: Equatable {
    var keys = 0
    var device = 0
    var refreshes = 0
    /// A refresh token that had been replaced came again.
    var reuses = 0
    var exchanges = 0
    /// AssumeRole
    var steps = 0
    var callers = 0
    var revocations = 0
    /// Tokens asked for at the CI.
    var minted = 0
    var all = 0
  }

  struct Behaviour {
    var signer = Signer(kid: "k1", seed: 1)
    var published = [Signer(kid: "k1", seed: 1)]
    var subject = "alice"
    var email: String? = "alice@example.org"
    var tokenLifetime: Int64 = 3600
    var extraAudience: String? = "sts.amazonaws.com"
    var pendingPolls = 1
    var givesRefreshToken = true
    var rotates = true
    var givesIDTokenAtRefresh = true
    var refreshExpiresIn: Int64?
    var hasRevocation = true
    /// Its revocation endpoint does not answer.
    var revocationHangs = false
    /// Called while it revokes.
    var duringRevocation: (@Sendable () -> Void)?
    /// Redeems, and then the connection breaks.
    var losesAnswers = 0
    var isDown = false
    /// Its device authorization endpoint does not answer.
    var deviceHangs = false
    var refusesRefresh: String?
    /// 400 without a body, as Glewlwyd says it.
    var refusesRefreshSilently = false
    var refreshRetryAfter: Int64?
    /// Statuses of its next answers to a refresh, with a page that says nothing.
    var refreshStatuses: [Int] = []
    /// Of metadata and keys.
    var documentHeaders: [(name: String, value: String)] = []
    /// Its metadata is not to be had for so long.
    var metadataRetryAfter: Int64?
    var duringRefresh: (@Sendable () -> Void)?
    /// Whose tokens a CI's service mints, and for how long.
    var job = "repo:a"
    var jobTokenLifetime: Int64 = 300
    /// Statuses of its next answers instead.
    var ciStatuses: [Int] = []
    var stsIsDown = false
    var stsRetryAfter: Int64?
    var stsError: String?
    var account = "111122223333"
    var saysWhichRole = true
    var longestDuration: Int64 = 43_200
    /// Codes that the next calls of AssumeRole are refused with.
    var chainErrors: [String] = []
    var chainIsDown = false
    /// Called while an exchange is under way.
    var duringExchange: (@Sendable () -> Void)?
    var duringPoll: (@Sendable () -> Void)?
  }

  struct State {
    var counts = Counts()
    var behaviour = Behaviour()
    var deviceCodes: [String: (challenge: String, polls: Int)] = [:]
    var refreshToken: String?
    var refreshTimeout: Duration?
    var retired: Set<String> = []
    var revoked: [String] = []
    var issued: [String: (subject: String, end: WallTime)] = [:]
    var keys: [String: (account: String, role: String)] = [:]
    var serial = 0
    /// The subject of each access key's buyer.
    var buyers: [String: String] = [:]
    var names: [String] = []
    var durations: [String] = []
    /// What AssumeRole was asked, in order.
    var steps: [[String: String]] = []
  }

  private let state = Mutex(State())
  let clocks: ManualClocks
  let cryptography: any Cryptography

  init(_ clocks: ManualClocks, _ cryptography: any Cryptography) {
    self.clocks = clocks
    self.cryptography = cryptography
  }

  var counts: Counts { state.withLock { $0.counts } }
  func resetCounts() { state.withLock { $0.counts = Counts() } }
  func set(_ change: (inout Behaviour) -> Void) { state.withLock { change(&$0.behaviour) } }
  func buyer(of accessKey: String) -> String? { state.withLock { $0.buyers[accessKey] } }
  var longestRefreshTimeout: Duration? { state.withLock { $0.refreshTimeout } }
  var revokedTokens: [String] { state.withLock { $0.revoked } }
  var sessionNames: [String] { state.withLock { $0.names } }
  var requestedDurations: [String] { state.withLock { $0.durations } }
  var steps: [[String: String]] { state.withLock { $0.steps } }
  var secrets: [String] {
    state.withLock { state in
      Array(state.issued.keys) + state.retired + [state.refreshToken].compactMap { $0 }
        + state.buyers.keys.flatMap { ["CANARY-SECRET-\($0)", "CANARY-SESSION-\($0)"] } + Array(state.deviceCodes.keys)
    }
  }

  /// A token for a machine.
  func issue(_ subject: String, lifetime: Int64 = 3600, audience: String = "sts.amazonaws.com") -> String {
    state.withLock { state in
      let end = clocks.truth + lifetime
      state.serial += 1
      let token = state.behaviour.signer.token([
        "iss": JSON(SmallProvider.issuer), "sub": JSON(subject), "aud": JSON(audience),
        "iat": JSON(clocks.truth.seconds), "exp": JSON(end.seconds), "jti": JSON(Int64(state.serial)),
      ])
      state.issued[token] = (subject, end)
      return token
    }
  }

  func send(_ request: HTTPRequest) throws(TransportFailure) -> HTTPResponse {
    if request.url.hasPrefix(SmallProvider.sts), let hook = state.withLock({ $0.behaviour.duringExchange }) { hook() }
    if Form(request)["grant_type"] == "refresh_token" {
      state.withLock { $0.refreshTimeout = max($0.refreshTimeout ?? .zero, request.timeout) }
    }
    if Form(request)["grant_type"] == "refresh_token", let hook = state.withLock({ $0.behaviour.duringRefresh }) {
      hook()
    }
    if request.url.hasSuffix("/revoke"), let hook = state.withLock({ $0.behaviour.duringRevocation }) { hook() }
    if request.url.hasPrefix("https://ci.example/") { return ci(request) }
    let result: Result<HTTPResponse, TransportFailure> = state.withLock { state in
      state.counts.all += 1
      do throws(TransportFailure) {
        return .success(
          request.url.hasPrefix(SmallProvider.sts)
            ? try sts(request, &state) : try provider(request, &state))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// GitHub's service for tokens, for a job whose credential is CANARY-REQUEST.
  private func ci(_ request: HTTPRequest) -> HTTPResponse {
    let (status, behaviour) = state.withLock { state in
      state.counts.minted += 1
      state.counts.all += 1
      let next = state.behaviour.ciStatuses.first
      state.behaviour.ciStatuses = Array(state.behaviour.ciStatuses.dropFirst())
      return (next, state.behaviour)
    }
    if let status { return HTTPResponse(status: status) }
    let credential = request.headers.first { $0.name == "Authorization" }?.value.exposedText() ?? ""
    guard request.url.hasPrefix("https://ci.example/token?v="), request.url.hasSuffix("&audience=sts.amazonaws.com"),
      credential.hasPrefix("bearer CANARY-REQUEST")
    else { return HTTPResponse(status: 403) }
    return json(["value": JSON(issue(behaviour.job, lifetime: behaviour.jobTokenLifetime))])
  }

  // MARK: The provider

  private func provider(_ request: HTTPRequest, _ state: inout State) throws(TransportFailure) -> HTTPResponse {
    if state.behaviour.isDown { throw .unconnected(host: "op.example", reason: "Connection refused") }
    let issuer = SmallProvider.issuer
    switch request.url {
    case issuer + "/.well-known/openid-configuration":
      if let seconds = state.behaviour.metadataRetryAfter {
        return HTTPResponse(status: 503, headers: [("retry-after", String(seconds))])
      }
      var members: [(String, JSON)] = [
        ("issuer", JSON(issuer)), ("token_endpoint", JSON(issuer + "/token")), ("jwks_uri", JSON(issuer + "/keys")),
        ("device_authorization_endpoint", JSON(issuer + "/device")), ("code_challenge_methods_supported", ["S256"]),
        ("scopes_supported", ["openid", "profile", "email", "offline_access"]),
      ]
      if state.behaviour.hasRevocation { members.append(("revocation_endpoint", JSON(issuer + "/revoke"))) }
      return json(.object(JSONObject(members)), headers: state.behaviour.documentHeaders)
    case issuer + "/.well-known/oauth-authorization-server": return HTTPResponse(status: 404)
    case issuer + "/keys":
      state.counts.keys += 1
      return json(["keys": .array(state.behaviour.published.map(\.jwk))], headers: state.behaviour.documentHeaders)
    case issuer + "/device":
      state.counts.device += 1
      if state.behaviour.deviceHangs {
        clocks.advance(request.timeout)
        throw .timedOut(host: "op.example", after: request.timeout)
      }
      let form = Form(request)
      guard form["client_id"] == "daypass" else { return error("invalid_client", 401) }
      state.serial += 1
      let code = "CANARY-DEVICE-\(state.serial)"
      state.deviceCodes[code] = (form["code_challenge"] ?? "", 0)
      return json([
        "device_code": JSON(code), "user_code": "ABCD-EFGH", "verification_uri": JSON(issuer + "/activate"),
        "expires_in": 600, "interval": 5,
      ])
    case issuer + "/token": return try token(Form(request), &state)
    case issuer + "/revoke":
      state.counts.revocations += 1
      if state.behaviour.revocationHangs {
        clocks.advance(request.timeout)
        throw .timedOut(host: "op.example", after: request.timeout)
      }
      if let token = Form(request)["token"] { state.revoked.append(token) }
      if Form(request)["token"] == state.refreshToken { state.refreshToken = nil }
      return HTTPResponse(status: 200)
    default: return HTTPResponse(status: 404)
    }
  }

  private func token(_ form: Form, _ state: inout State) throws(TransportFailure) -> HTTPResponse {
    guard form["client_id"] == "daypass" else { return error("invalid_client", 401) }
    switch form["grant_type"] {
    case "urn:ietf:params:oauth:grant-type:device_code":
      guard let code = form["device_code"], let waiting = state.deviceCodes[code] else { return error("invalid_grant") }
      let digest = cryptography.digest(.sha256, Array((form["code_verifier"] ?? "").utf8))
      guard Base64URL.encode(digest) == waiting.challenge else { return error("invalid_grant") }
      if waiting.polls < state.behaviour.pendingPolls {
        state.deviceCodes[code]?.polls += 1
        state.behaviour.duringPoll?()
        return error("authorization_pending")
      }
      return tokens(&state, rotating: true, idToken: true)
    case "refresh_token":
      state.counts.refreshes += 1
      if let status = state.behaviour.refreshStatuses.first {
        state.behaviour.refreshStatuses.removeFirst()
        return HTTPResponse(status: status, headers: [("content-type", "text/html")], body: Array("<html>".utf8))
      }
      if let code = state.behaviour.refusesRefresh { return error(code) }
      if state.behaviour.refusesRefreshSilently { return HTTPResponse(status: 400) }
      if let seconds = state.behaviour.refreshRetryAfter {
        return HTTPResponse(status: 503, headers: [("retry-after", String(seconds))])
      }
      guard let token = form["refresh_token"] else { return error("invalid_request") }
      if state.retired.contains(token) {
        state.counts.reuses += 1
        return error("invalid_grant")
      }
      guard token == state.refreshToken else { return error("invalid_grant") }
      let answer = tokens(
        &state, rotating: state.behaviour.rotates, idToken: state.behaviour.givesIDTokenAtRefresh)
      if state.behaviour.losesAnswers > 0 {
        state.behaviour.losesAnswers -= 1
        throw .broken(host: "op.example", reason: "Connection reset")
      }
      return answer
    default: return error("unsupported_grant_type")
    }
  }

  private func tokens(_ state: inout State, rotating: Bool, idToken: Bool) -> HTTPResponse {
    let behaviour = state.behaviour
    var members: [(String, JSON)] = [("token_type", "Bearer"), ("access_token", "CANARY-ACCESS"), ("expires_in", 300)]
    state.serial += 1
    if idToken {
      let now = clocks.truth
      let audience: JSON = behaviour.extraAudience.map { ["daypass", JSON($0)] } ?? "daypass"
      var claims: [(String, JSON)] = [
        ("iss", JSON(SmallProvider.issuer)), ("sub", JSON(behaviour.subject)), ("aud", audience), ("azp", "daypass"),
        ("iat", JSON(now.seconds)), ("exp", JSON((now + behaviour.tokenLifetime).seconds)),
        ("jti", JSON(Int64(state.serial))),
      ]
      if let email = behaviour.email { claims.append(("email", JSON(email))) }
      let token = behaviour.signer.token(.object(JSONObject(claims)))
      state.issued[token] = (behaviour.subject, now + behaviour.tokenLifetime)
      members.append(("id_token", JSON(token)))
    }
    if behaviour.givesRefreshToken, rotating || state.refreshToken == nil {
      if let old = state.refreshToken { state.retired.insert(old) }
      let token = "CANARY-REFRESH-\(state.serial)"
      state.refreshToken = token
      members.append(("refresh_token", JSON(token)))
      if let seconds = behaviour.refreshExpiresIn { members.append(("refresh_expires_in", JSON(seconds))) }
    }
    return json(.object(JSONObject(members)))
  }

  // MARK: The STS

  private func sts(_ request: HTTPRequest, _ state: inout State) throws(TransportFailure) -> HTTPResponse {
    let form = Form(request)
    let behaviour = state.behaviour
    if form["Action"] == "GetCallerIdentity" {
      state.counts.callers += 1
      guard let key = request.signature?.credentials.accessKeyID, let owner = state.keys[key] else {
        return fault("InvalidClientTokenId", 403)
      }
      return xml(
        """
        <GetCallerIdentityResponse><GetCallerIdentityResult>
        <Arn>arn:aws:sts::\(owner.account):assumed-role/\(owner.role)/x</Arn><Account>\(owner.account)</Account>
        </GetCallerIdentityResult></GetCallerIdentityResponse>
        """)
    }
    if form["Action"] == "AssumeRole" { return step(request, form, &state) }
    state.counts.exchanges += 1
    if form["Action"] == "AssumeRoleWithSAML" { return saml(form, &state) }
    if behaviour.stsIsDown {
      return HTTPResponse(
        status: 503, headers: behaviour.stsRetryAfter.map { [("retry-after", String($0))] } ?? [], body: [])
    }
    if let code = behaviour.stsError { return fault(code, 403) }
    guard form["Action"] == "AssumeRoleWithWebIdentity", let token = form["WebIdentityToken"],
      let arn = form["RoleArn"], let duration = form["DurationSeconds"].flatMap({ Int64($0) }),
      let name = form["RoleSessionName"]
    else { return fault("ValidationError", 400) }
    state.durations.append(String(duration))
    guard duration <= behaviour.longestDuration else {
      return fault(
        "ValidationError", 400, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    }
    guard let issued = state.issued[token] else { return fault("InvalidIdentityToken", 400) }
    guard clocks.truth < issued.end else { return fault("ExpiredTokenException", 400) }
    state.names.append(name)
    return granted("AssumeRoleWithWebIdentity", arn, name, duration, to: issued.subject, &state)
  }

  /// AssumeRole: who signs with keys of this STS is taken for whoever bought them. (The signature itself is libcurl's,
  /// and verified end to end.)
  private func step(_ request: HTTPRequest, _ form: Form, _ state: inout State) -> HTTPResponse {
    state.counts.steps += 1
    if state.behaviour.chainIsDown { return HTTPResponse(status: 503) }
    if !state.behaviour.chainErrors.isEmpty { return fault(state.behaviour.chainErrors.removeFirst(), 403) }
    guard let signer = request.signature?.credentials, let subject = state.buyers[signer.accessKeyID],
      signer.sessionToken.exposedText() == "CANARY-SESSION-\(signer.accessKeyID)"
    else { return fault("InvalidClientTokenId", 403) }
    guard let arn = form["RoleArn"], let name = form["RoleSessionName"],
      let duration = form["DurationSeconds"].flatMap({ Int64($0) }), duration <= 3600
    else { return fault("ValidationError", 400) }
    state.steps.append(form.all)
    return granted("AssumeRole", arn, name, duration, to: subject, &state)
  }

  /// AssumeRoleWithSAML: believes every response that is there, and gives its digest as whoever bought.
  private func saml(_ form: Form, _ state: inout State) -> HTTPResponse {
    if let code = state.behaviour.stsError { return fault(code, 400) }
    guard let response = form["SAMLAssertion"], form["PrincipalArn"] != nil, form["RoleSessionName"] == nil,
      let arn = form["RoleArn"], let duration = form["DurationSeconds"].flatMap({ Int64($0) })
    else { return fault("ValidationError", 400) }
    return granted("AssumeRoleWithSAML", arn, "alice@example.com", duration, to: response, &state)
  }

  private func granted(
    _ action: String, _ arn: String, _ name: String, _ duration: Int64, to subject: String, _ state: inout State
  ) -> HTTPResponse {
    let behaviour = state.behaviour
    state.serial += 1
    let key = "ASIA\(String(1_000_000 + state.serial))"
    let role = String(arn.split(separator: "/").last ?? "")
    state.keys[key] = (behaviour.account, role)
    state.buyers[key] = subject
    let user =
      behaviour.saysWhichRole
      ? "<AssumedRoleUser><Arn>arn:aws:sts::\(behaviour.account):assumed-role/\(role)/\(name)</Arn></AssumedRoleUser>"
      : ""
    return xml(
      """
      <\(action)Response><\(action)Result><Credentials><AccessKeyId>\(key)</AccessKeyId>
      <SecretAccessKey>CANARY-SECRET-\(key)</SecretAccessKey><SessionToken>CANARY-SESSION-\(key)</SessionToken>
      <Expiration>\(RFC3339.format(clocks.truth + duration))</Expiration></Credentials>\(user)
      </\(action)Result></\(action)Response>
      """)
  }

  // MARK: Replies

  private func json(
    _ value: JSON, _ status: Int = 200, headers: [(name: String, value: String)] = []
  ) -> HTTPResponse {
    HTTPResponse(status: status, headers: [("content-type", "application/json")] + headers, body: value.serialized())
  }
  private func error(_ code: String, _ status: Int = 400) -> HTTPResponse { json(["error": JSON(code)], status) }
  private func xml(_ text: String, _ status: Int = 200) -> HTTPResponse {
    HTTPResponse(status: status, headers: [("content-type", "text/xml")], body: Array(text.utf8))
  }
  private func fault(_ code: String, _ status: Int, _ message: String = "no") -> HTTPResponse {
    xml("<ErrorResponse><Error><Code>\(code)</Code><Message>\(message)</Message></Error></ErrorResponse>", status)
  }
}
