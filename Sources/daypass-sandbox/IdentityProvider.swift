import Formats
import Model

/// An OIDC provider as IAM keeps it, each with the keys of this sandbox: whoever it may be, its tokens are minted here.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html>
struct IdentityProvider: Sendable {
  /// Byte for byte as tokens have it in `iss`.
  var url: ByteText
  /// Nil for one that AWS knows by itself and that has no list.
  var clientIDs: [ByteText]?

  /// AWS knows these without being told; their plain names stand for ARNs.
  static let builtIn = ["https://accounts.google.com"].map { IdentityProvider(url: ByteText($0), clientIDs: nil) }

  /// Without the scheme, as condition keys and ARNs begin; a slash at the end counts.
  var name: String {
    url.string.firstRange(of: "://").map { String(url.string[$0.upperBound...]) } ?? url.string
  }

  /// What stands for it in the account that the role is in.
  func principal(of role: RoleARN) -> String {
    clientIDs == nil ? name : "arn:\(role.partition):iam::\(role.account):oidc-provider/\(name)"
  }

  /// What IAM gives a condition key of this provider, from the claims of a token.
  /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif>
  func values(of key: String, in claims: JSONObject) -> [ByteText] {
    switch key {
    case "aud": return Self.audiences(of: claims)
    case "oaud": return Self.texts(claims["aud"])
    default: return knows(key) ? Self.texts(claims[key]) : []
    }
  }

  private func knows(_ claim: String) -> Bool {
    let further =
      switch name {
      case "token.actions.githubusercontent.com":
        [
          "actor", "actor_id", "enterprise_id", "environment", "job_workflow_ref", "ref", "repository",
          "repository_id", "workflow",
        ]
      case _ where name.hasPrefix("oidc.circleci.com"): ["oidc.circleci.com/project-id"]
      default: [String]()
      }
    return ["sub", "amr", "email"].contains(claim) || further.contains(claim)
  }

  /// Where there is an `azp`, that is what AWS calls the audience.
  static func audiences(of claims: JSONObject) -> [ByteText] {
    claims["azp"]?.text.map { [$0] } ?? texts(claims["aud"])
  }

  private static func texts(_ json: JSON?) -> [ByteText] {
    json?.text.map { [$0] } ?? (json?.array ?? []).compactMap(\.text)
  }
}
