import Formats
import Model
import STS

/// What IAM knows when a token is shown: condition keys and their values.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif>
struct RequestContext {
  let token: TokenInHand
  /// `HOST/PATH`.
  let issuer: String
  let role: RoleARN?

  init(token: TokenInHand, role: RoleARN?) {
    self.token = token
    self.role = role
    let url = token.issuer
    issuer = (url.hasPrefix("https://") ? url.after("https://") ?? url : url).string
  }

  /// Names of keys are compared without regard to case.
  func value(of key: ByteText) -> ContextValue {
    if let claim = RequestContext.claim(of: key, issuer: issuer) { return value(ofClaim: claim) }
    let lower = key.asciiLowercased
    if lower == "aws:securetransport" { return .present(["true"]) }
    if lower == "sts:sourceidentity" {
      return token.claims["https://aws.amazon.com/source_identity"]?.text.map { .present([$0]) } ?? .absent
    }
    return lower.hasPrefix("aws:") || lower.hasPrefix("sts:") ? .unknown : .absent
  }

  /// The claim that a key asks for, if it is one of this issuer's.
  static func claim(of key: ByteText, issuer: String) -> String? {
    let key = key.asciiLowercased
    let prefix = ByteText(issuer).asciiLowercased.string + ":"
    return key.hasPrefix(prefix) ? key.after(prefix)?.string : nil
  }

  /// Nil for what IAM never has.
  static func isKnown(claim: String, issuer: String) -> Bool {
    ["aud", "sub", "amr", "email"].contains(claim) || FederatedIssuer.furtherClaims(name: issuer).contains(claim)
      || FederatedIssuer.builtIn.contains(issuer)
  }

  private func value(ofClaim claim: String) -> ContextValue {
    guard RequestContext.isKnown(claim: claim, issuer: issuer) else { return .absent }
    switch claim {
    case "aud": return .present(token.effectiveAudiences)
    case "oaud": return .present(token.audiences)
    case "sub": return .present([token.subject])
    default: break
    }
    switch token.claims[claim] {
    case .string(let text): return .present([text])
    case .bool(let bool): return .present([bool ? "true" : "false"])
    case .number(let number): return .present([ByteText(number.literal)])
    case .array(let elements):
      let texts = elements.compactMap(\.text)
      return texts.isEmpty ? .absent : .present(texts)
    case .null, .object, nil: return .absent
    }
  }

  // MARK: Principals

  enum PrincipalMatch: Hashable {
    case yes
    case no(String)
  }

  /// Whether one of the names means this token's issuer; else the nearest miss.
  func matches(_ principals: TrustPolicy.Principals) -> PrincipalMatch {
    var miss = "it trusts no OIDC provider"
    for (kind, name) in principals.names {
      if kind == "*" || (["AWS", "Federated"].contains(kind) && name == "*") { return .yes }
      guard kind == "Federated" else { continue }
      switch match(name) {
      case .yes: return .yes
      case .no(let reason): miss = reason
      }
    }
    return .no(miss)
  }

  private func match(_ name: ByteText) -> PrincipalMatch {
    if FederatedIssuer.builtIn.contains(issuer) {
      return name == issuer ? .yes : .no("it trusts \(name.printable()), and the token is of \(issuer.printable())")
    }
    let fields = name.split(":", maxSplits: 5)
    guard fields.count == 6, fields[0] == "arn", fields[2] == "iam", fields[5].hasPrefix("oidc-provider/"),
      let provider = fields[5].after("oidc-provider/")
    else {
      return .no("it trusts \(name.printable()), which is not the ARN of an OIDC provider")
    }
    guard provider == issuer else {
      let isSlash = provider == issuer + "/" || ByteText(issuer) == provider.string + "/"
      return .no(
        "it trusts the provider \(provider.printable()), and the token is of \(issuer.printable())"
          + (isSlash ? ": the slash at the end counts" : ""))
    }
    guard let role, !role.account.isEmpty else { return .yes }
    guard role.account == fields[4] else {
      return .no("its provider is in account \(fields[4].printable()), and the role in \(role.account.printable())")
    }
    guard role.partitionName == fields[1] else {
      return .no(
        "its provider is in partition \(fields[1].printable()), and the role in \(role.partitionName.printable())")
    }
    return .yes
  }
}
