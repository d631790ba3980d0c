import Formats
import Model
import STS

@testable import OIDC
@testable import Trust

private let now = WallTime(seconds: 1_800_000_000)

/// What a provider's endpoints answer.
func provider(_ bytes: [UInt8]) {
  let response = HTTPResponse(status: 200, headers: [("content-type", "application/json")], body: bytes)
  _ = EndpointReply(response)
  if let keys = try? KeySet.parse(bytes) { hold(keys.keys.count <= 64, "a set of keys is bounded") }
  if let issuer = try? Issuer("https://issuer.example") {
    _ = try? DiscoveryDocument(response, issuer: issuer).metadata(issuer)
  }
  guard let object = try? JSON.parse(bytes).object else { return }
  _ = try? TokenSet(object)
  if let answer = try? DeviceAuthorizationResponse(object, now: BootTime(nanoseconds: 1), wall: now) {
    hold(answer.shown.verificationURI.isSecureOrLoopback, "nobody is sent to plain http")
  }
}

/// What an STS answers, and what a provider signs for it.
func sts(_ bytes: [UInt8]) {
  _ = try? SAMLResponse.parse(Array(Base64.encode(bytes).utf8))
  for status in [200, 400, 503] {
    let response = HTTPResponse(status: status, headers: [("content-type", "text/xml")], body: bytes)
    _ = try? CallerIdentity.parse(response, now: now)
    guard let assumed = try? RoleResponse.parse(response, to: exchange.request, from: exchange.endpoint, now: now)
    else { continue }
    hold(assumed.credentials.expiration > now, "what has expired is no credential")
  }
}

private let exchange: (request: WebIdentityRequest, endpoint: STSEndpoint) = {
  do {
    let role = try RoleARN.parse("arn:aws:iam::123456789012:role/deploy")
    let request = try WebIdentityRequest(
      role: role, sessionName: try SessionName("me@example.com"), token: Secret("eyJ.e30.c2ln"),
      bounds: try SessionBounds())
    return (request, try STSEndpoint.choose(role: role, region: nil, override: nil))
  } catch {
    fatalError("the sample is no request: \(error)")
  }
}()

/// A trust policy, judged against a token.
func policy(_ bytes: [UInt8]) {
  guard let policy = try? TrustPolicy.parse(bytes) else { return }
  let judgement = PolicyJudgement(policy, token, role: nil)
  hold(judgement.statements.count == policy.statements.count, "every statement is judged")
}

private let token: TokenInHand = {
  let claims: JSONObject = JSONObject([
    ("iss", JSON("https://token.actions.githubusercontent.com")), ("sub", JSON("repo:acme/app:ref:refs/heads/main")),
    ("aud", JSON("sts.amazonaws.com")),
  ])
  guard let token = try? TokenInHand(claims) else { fatalError("the sample is no token") }
  return token
}()

/// What the front reads: sealed by the user's own key, but the next version may write it otherwise.
func answer(_ bytes: [UInt8]) {
  bytes.withUnsafeBytes { plaintext in
    guard var entry = FrontEntryReader(plaintext) else { return }
    var files = 0
    while entry.next() != nil { files += 1 }
    hold(files <= bytes.count, "a file takes room")
  }
}
