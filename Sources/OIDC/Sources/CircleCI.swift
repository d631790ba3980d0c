import Formats
import Model

extension Platform {
  /// A token for the organization is in a variable; for any other audience the job's own program mints one.
  /// <https://circleci.com/docs/openid-connect-tokens/>
  static let circleCI = Platform("circleci", marks: [.flag("CIRCLECI")]) { (context, audience) throws(SourceError) in
    let given = ["CIRCLE_OIDC_TOKEN_V2", "CIRCLE_OIDC_TOKEN"].first { context.value($0) != nil }
    if let audience, given.flatMap({ context.value($0) }).map({ !isMeant($0, for: audience) }) ?? true {
      let claims = JSON.object(JSONObject([("aud", .string(audience))])).serialized()
      return TokenPlan(
        .program(["circleci", "run", "oidc", "get", "--claims", String(decoding: claims, as: UTF8.self)]),
        audience: audience, isRenewable: true,
        proof: given.flatMap { context.value($0) }.map { .credential(Secret($0)) } ?? .none)
    }
    guard let given else {
      throw .incomplete(
        platform: "circleci", lacks: "CIRCLE_OIDC_TOKEN_V2",
        mend: "give the job a context; builds of forks need \"pass secrets to builds from forked pull requests\"")
    }
    return TokenPlan(.variable(given), audience: audience, isRenewable: false, proof: .token)
  }

  /// Whether a token that nobody has verified says so itself. One that cannot be read is for nobody.
  static func isMeant(_ token: String, for audience: ByteText) -> Bool {
    (try? CompactJWS.parse(Array(token.utf8)))?.payload.audiences?.contains(audience) ?? false
  }
}
