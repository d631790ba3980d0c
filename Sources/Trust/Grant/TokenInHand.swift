public import Formats
public import Model

/// What a trust policy needs to know of a token that is there: who it says it is, and what it carries.
public struct TokenInHand: Sendable {
  public let claims: JSONObject
  public let issuer: ByteText
  public let subject: ByteText
  public let audiences: [ByteText]

  /// A token without `iss` or `sub` cannot be told apart by any policy.
  public init(_ claims: JSONObject) throws(TokenInHandError) {
    guard let issuer = claims["iss"]?.text, !issuer.isEmpty else { throw .missing("iss") }
    guard let subject = claims["sub"]?.text, !subject.isEmpty else { throw .missing("sub") }
    let audience = claims["aud"]
    let audiences = audience?.text.map { [$0] } ?? audience?.array?.compactMap(\.text) ?? []
    guard !audiences.isEmpty else { throw .missing("aud") }
    (self.claims, self.issuer, self.subject, self.audiences) = (claims, issuer, subject, audiences)
  }

  /// What AWS takes `aud` to be: `azp` where there is one at Google, else every audience.
  /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif>
  public var effectiveAudiences: [ByteText] {
    if issuer == "https://accounts.google.com", let party = claims["azp"]?.text { return [party] }
    return audiences
  }

  /// The token's own `aud` where AWS takes another claim for it: at Google, the condition key `oaud`. A policy without it
  /// would let in every service that this identity sends a token to.
  public var originalAudience: ByteText? { effectiveAudiences == audiences ? nil : audiences.first }

  /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-idp>:
  /// nested, or with the tag's name in the claim's.
  var hasSessionTags: Bool {
    claims.members.contains { $0.key == Self.tags || $0.key.utf8.starts(with: (Self.tags + "/").utf8) }
  }

  var hasSourceIdentity: Bool { claims["https://aws.amazon.com/source_identity"] != nil }

  private static let tags = "https://aws.amazon.com/tags"

  /// Without what changes from job to job, which a policy must not be tied to.
  public var lastingSubject: ByteText {
    let parts = subject.split(":")
    if issuer == "https://agent.buildkite.com", let lasting = subject.before(":commit:") {
      return ByteText(lasting.string + ":commit:*")
    }
    if issuer == "https://app.terraform.io" || issuer == "https://app.eu.terraform.io",
      let lasting = subject.before(":run_phase:")
    {
      return ByteText(lasting.string + ":run_phase:*")
    }
    if issuer == "https://oidc.circleci.com" || issuer.hasPrefix("https://oidc.circleci.com/"),
      let lasting = subject.before("/user/")
    {
      return ByteText(lasting.string + "/user/*")
    }
    if issuer.hasPrefix("https://api.bitbucket.org/2.0/workspaces/"), parts.count >= 2 {
      return ByteText(parts.dropLast().map(\.string).joined(separator: ":") + ":*")
    }
    return subject
  }
}

public enum TokenInHandError: Explained, Hashable {
  case missing(String)

  public var kind: FailureKind { .malformed }
  public var message: String {
    switch self {
    case .missing(let claim): "the token has no \(claim), so no trust policy can tell it from others"
    }
  }
}
