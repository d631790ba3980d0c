import Model

// What to try: by what the STS said, and by what it was shown.
extension STSFault {
  var hint: String? {
    switch proof {
    case .token, nil: exchangeHint
    case .response(let issuer, let roles): hint(responseOf: issuer, for: roles)
    case .chained(let call): hint(call)
    }
  }

  private var exchangeHint: String? {
    switch code {
    case .accessDenied:
      about(
        "the role's trust policy does not allow this sub or this aud",
        "the role or its account is misspelt in role_arn",
        "the token brings session tags and the policy lacks sts:TagSession")
    case .invalidIdentityToken, .invalidParameter:
      about(
        "the account has no identity provider for this iss, spelt exactly so", "that provider does not list this aud",
        "the token is expired or its signature does not verify")
    case .idpRejectedClaim:
      about("the token has expired or was revoked", "the identity provider no longer accepts a claim in it")
    case .expiredToken: "get a new token; check this machine's clock"
    case .credentialsRejected: "check this machine's clock; get new credentials"
    default: commonHint
    }
  }

  private func hint(responseOf issuer: ByteText?, for pairs: [SAMLResponse.RolePair]) -> String? {
    let roles = pairs.prefix(4).map { "\($0.role.printable()) by \($0.provider.printable())" }
    let offer = roles.isEmpty ? "names no role" : "is for \(roles.joined(separator: " and "))"
    let said = "the response of \(issuer?.printable() ?? "nobody") \(offer); "
    switch code {
    case .accessDenied:
      return said
        + "the role's trust policy must allow principal_arn sts:AssumeRoleWithSAML for its SAML:aud and SAML:sub, and "
        + "sts:TagSession if it has session tags; or role_arn or principal_arn is misspelt"
    case .invalidIdentityToken, .invalidParameter:
      return said
        + likeliest([
          "role_arn and principal_arn are not a pair of its Role attribute, or it has no RoleSessionName",
          "it is not signed by the certificate in the metadata of principal_arn",
          "its audience or recipient is not AWS's sign-in",
        ])
    case .idpRejectedClaim: return said + likeliest(["the provider no longer accepts what it says"])
    case .expiredToken: return "get a new response: AWS takes one for five minutes; check this machine's clock"
    case .packedPolicyTooLarge: return "shorten session_policy_file, policy_arns or the response's session tags"
    case .validationError where !isAboutDuration: return "check role_arn, principal_arn, duration and policy_arns"
    case .credentialsRejected: return "check this machine's clock; get a new response"
    default: return commonHint
    }
  }

  private func hint(_ call: ChainedCall) -> String? {
    let caller = call.caller.printable()
    switch code {
    case .accessDenied:
      // What it says itself names the caller's session and the role.
      var rights = ["sts:AssumeRole to \(caller)"]
      if call.hasTags { rights.append("sts:TagSession") }
      if call.hasSourceIdentity { rights.append("sts:SetSourceIdentity") }
      let condition = call.hasExternalID ? "under this external_id" : "and may want an external_id"
      return "the role's trust policy must allow \(rights.joined(separator: ", ")), \(condition); the caller's own "
        + "policies must allow it too; or role_arn is misspelt"
    case .validationError where isAboutDuration:
      return "AWS gives a role assumed with another role's credentials 1 h at most: lower its duration"
    case .expiredToken, .credentialsRejected, .invalidIdentityToken:
      return likeliest([
        "this machine's clock is wrong", "the session of \(caller) has ended or was revoked",
        "the STS at this region or sts_endpoint is not the one that gave those credentials",
      ])
    case .packedPolicyTooLarge: return "shorten its session_policy_file, policy_arns or tags"
    default: return commonHint
    }
  }

  private var commonHint: String? {
    switch code {
    case .keysUnavailable, .idpCommunicationError:
      "the STS could not fetch the issuer's keys; its discovery document and keys must be reachable from the internet"
    case .malformedPolicyDocument: "check session_policy_file"
    case .packedPolicyTooLarge: "shorten session_policy_file, policy_arns or the token's session tags"
    case .validationError:
      isAboutDuration
        ? "lower duration, or set it to max, or raise the role's maximum session duration"
        : "check role_arn, session_name, duration and policy_arns"
    case .regionDisabled: "set region to one that the account has enabled, or enable STS in it"
    case .throttled, .unavailable: "try again later"
    case .unsupported: "check sts_endpoint: what answers there is not an STS, or one without this action"
    default: "check sts_endpoint, and whether a proxy answers in the STS's place"
    }
  }

  private var isAboutDuration: Bool { text.lowercased().contains("durationseconds") }

  private func about(_ reasons: String...) -> String {
    guard case .token(let claims) = proof else { return likeliest(reasons) }
    let policy = claims.conditions.map { "the trust policy must allow \($0); " } ?? ""
    return "the token has \(claims.summary); \(policy)\(likeliest(reasons))"
  }

  private func likeliest(_ reasons: [String]) -> String { "likeliest: " + reasons.joined(separator: "; or ") }
}
