import Formats
import Model
import OIDC

/// Drives a device grant against a scripted provider on a clock of its own: no socket, no waiting.
struct Simulation {
  typealias Server = (_ poll: Int, _ time: Duration) -> Result<HTTPResponse, TransportFailure>

  var grant: DeviceGrant
  var now = BootTime(nanoseconds: 1_000_000_000_000)
  var wall = WallTime(seconds: 1_700_000_000)
  /// How long each exchange takes.
  var latency = Duration.milliseconds(40)

  private(set) var polls: [(start: BootTime, end: BootTime)] = []
  private(set) var requests: [HTTPRequest] = []
  private(set) var shown: [DeviceAuthorization] = []
  private(set) var progress: [DeviceGrant.Progress] = []
  private(set) var tokens: TokenSet?
  private(set) var error: DeviceGrantError?
  private(set) var waits: [BootTime] = []
  private var issuedAt: BootTime?

  init(_ configuration: DeviceGrant.Configuration = .simple()) { grant = DeviceGrant(configuration) }

  /// Until the login ends. `before` sees each wait and may move the clocks.
  mutating func run(
    authorization: (Int) -> Result<HTTPResponse, TransportFailure> = { _ in .success(.authorization()) },
    duringWait: (inout Simulation) -> Void = { _ in },
    polls server: Server
  ) {
    var queue = grant.step(.start)
    var authorizations = 0
    var steps = 0
    while !queue.isEmpty, steps < 20_000 {
      steps += 1
      switch queue.removeFirst() {
      case .send(let request):
        requests.append(request)
        let start = now
        let isPoll = request.url == "https://op.example/token"
        let answer = isPoll ? server(polls.count, now - (issuedAt ?? now)) : authorization(authorizations)
        now = now + latency
        if isPoll { polls.append((start, now)) } else { authorizations += 1 }
        switch answer {
        case .success(let response):
          issuedAt = issuedAt ?? (response.status == 200 && !isPoll ? now : nil)
          queue += grant.step(.reply(response, now: now, wall: wall))
        case .failure(let failure): queue += grant.step(.transportFailed(failure, now: now))
        }
      case .wait(let until):
        waits.append(until)
        let before = now
        duringWait(&self)
        if now == before { now = until }
        queue += grant.step(.timePassed(now: now))
      case .show(let authorization): shown.append(authorization)
      case .report(let report): progress.append(report)
      case .finished(let set): tokens = set
      case .failed(let failure): error = failure
      }
    }
  }

  /// From the end of each exchange to the start of the next.
  var gaps: [Duration] { zip(polls, polls.dropFirst()).map { $1.start - $0.end } }
}

extension DeviceGrant.Configuration {
  static func simple(
    scopes: [String] = ["openid", "offline_access"], secret: Secret? = nil, methods: [ByteText]? = nil,
    challenges: [ByteText]? = nil, codeDeadline: BootTime = BootTime(nanoseconds: .max)
  ) -> DeviceGrant.Configuration {
    let provider = ProviderMetadata.example(challenges: challenges, methods: methods)
    let client = ClientAuthentication(clientID: "cli", secret: secret, offered: methods)
    let pkce = PKCE(random: Array(repeating: 7, count: 32), cryptography: RuleCryptography())
    let made = try? Self(
      provider: provider, client: client, scopes: scopes, pkce: pkce, codeDeadline: codeDeadline)
    guard let result = made else {
      preconditionFailure("the example provider has a device endpoint")
    }
    return result
  }
}

extension ProviderMetadata {
  static func example(challenges: [ByteText]? = nil, methods: [ByteText]? = nil) -> ProviderMetadata {
    ProviderMetadata(
      issuer: "https://op.example", tokenEndpoint: url("https://op.example/token"),
      jwksURI: url("https://op.example/jwks"), authorizationEndpoint: url("https://op.example/authorize?tenant=1"),
      deviceAuthorizationEndpoint: url("https://op.example/device"),
      revocationEndpoint: url("https://op.example/revoke"), codeChallengeMethods: challenges,
      tokenEndpointAuthMethods: methods)
  }
}

func url(_ text: String) -> WebURL {
  guard let url = try? WebURL.parse(text) else { preconditionFailure("not a URL: \(text)") }
  return url
}

extension HTTPResponse {
  static func json(_ text: String, status: Int = 200, _ headers: [(name: String, value: String)] = []) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: [("content-type", "application/json;charset=UTF-8")] + headers, body: Array(text.utf8))
  }

  static func error(
    _ code: String, status: Int = 400, _ headers: [(name: String, value: String)] = []
  ) -> HTTPResponse {
    .json(#"{"error":"\#(code)"}"#, status: status, headers)
  }

  static let pending = HTTPResponse.error("authorization_pending")
  static let slowDown = HTTPResponse.error("slow_down")
  static let granted = HTTPResponse.json(
    #"{"access_token":"at","token_type":"Bearer","id_token":"a.b.c","refresh_token":"rt","expires_in":300}"#)

  /// A device authorization answer; `fields` replace or add members, given as JSON text; nil removes one.
  static func authorization(_ fields: [String: String?] = [:]) -> HTTPResponse {
    var members: [String: String?] = [
      "device_code": #""SECRET-DEVICE-CODE""#, "user_code": #""WDJB-MJHT""#,
      "verification_uri": #""https://op.example/activate""#, "expires_in": "600", "interval": "5",
    ]
    members.merge(fields) { $1 }
    let text = members.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }.joined(separator: ",")
    return .json("{\(text)}")
  }
}

extension HTTPRequest {
  /// The form in the body.
  var form: [String: String] {
    let fields = body.flatMap { FormEncoding.decode($0.exposedBytes()) } ?? []
    return Dictionary(fields.map { ($0.name, $0.value.exposedText()) }) { "\($0)|\($1)" }
  }

  func header(_ name: String) -> String? { headers.first { $0.name == name }?.value.exposedText() }
}
