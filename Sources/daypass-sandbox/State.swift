import Formats
import Model
import Synchronization

/// The sandbox: everything it knows, behind one lock. Answers are made at once and delivered by the server.
final class Sandbox: Sendable {
  private let state: Mutex<State>

  init(_ state: State) { self.state = Mutex(state) }

  func answer(_ request: Request) -> Reply { state.withLock { $0.answer(request) } }
}

struct State: Sendable {
  let place: Place
  var cast: Cast
  /// As IAM has them, this sandbox itself among them.
  var providers: [IdentityProvider]
  var behaviours = Behaviours()
  var faults = Faults()
  var counters = Counters()
  var secrets = HandedOut()
  var clockOffset: Int64 = 0

  /// The first signs; all are published and verified with, until rotated out.
  var keys: [SigningKey]
  var devices: [DeviceGrant] = []
  var authorizations: [ByteText: AuthorizationRequest] = [:]
  var codes: [ByteText: AuthorizationCode] = [:]
  var sessions: [Session] = []
  /// As `keep-sessions` found them, for a test that does one thing to one session many times.
  var keptSessions: [Session] = []
  var issued: [String: IssuedCredentials] = [:]
  /// SAML responses by their base64.
  var responses: [ByteText: IssuedResponse] = [:]
  /// What CSRF tokens are made with.
  let pageKey = Array(Digests.randomText(32).utf8)

  init(place: Place, cast: Cast) throws(SandboxError) {
    self.place = place
    self.cast = cast
    let own = IdentityProvider(url: ByteText(place.issuer), clientIDs: cast.clients.map(\.id) + cast.audiences)
    providers = [own] + IdentityProvider.builtIn
    keys = [try SigningKey.make(.rs256)]
  }

  var wall: WallTime { Moments.wall() + clockOffset }

  /// Sets one behaviour, or orders faults under the name `fault`.
  mutating func set(_ name: String, to value: JSON) throws(SandboxError) {
    if name == "fault" {
      for order in value.array ?? [value] { faults.add(try Fault(order, now: Moments.monotonic())) }
      return
    }
    guard let behaviour = Behaviour(rawValue: name) else {
      throw .unknownKey(name, known: Behaviour.allCases.map(\.rawValue) + ["fault"])
    }
    try check(behaviour, value)
    behaviours[behaviour] = value
  }

  private mutating func check(_ behaviour: Behaviour, _ value: JSON) throws(SandboxError) {
    if value == .null { return }
    switch behaviour {
    case .algorithm:
      guard let algorithm = value.text.flatMap({ SigningAlgorithm(rawValue: $0.string) }) else {
        throw .badOption(option: "alg", expected: SigningAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))
      }
      if keys.first?.algorithm != algorithm { keys.insert(try SigningKey.make(algorithm), at: 0) }
    case .idToken where value.text.flatMap({ IDTokenForgery(rawValue: $0.string) }) == nil:
      throw .badOption(option: "id_token", expected: Behaviour.idToken.meaning)
    case .sts where value.text.flatMap({ STSLie(rawValue: $0.string) }) == nil:
      throw .badOption(option: "sts", expected: Behaviour.sts.meaning)
    case .autoApprove where value.text.flatMap(cast.user) == nil:
      throw .badOption(option: "auto_approve", expected: "the name of a user")
    default: break
    }
  }
}
