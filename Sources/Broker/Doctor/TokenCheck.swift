import Formats
import Model
import STS

/// What a pre-issued token or SAML response claims: what a trust policy is held against. Never the token.
struct TokenCheck {
  let issued: Result<(identity: Identity, problem: Failure?), Failure>
  let isRenewable: Bool

  var verdict: Verdict {
    switch issued {
    case .failure(let failure): return .fault(failure)
    case .success(let (identity, problem)):
      if let problem { return .fault(problem) }
      let audience = identity.audiences.map { $0.printable(limit: 80) }.joined(separator: ", ")
      let end = identity.expiration.map { ", until \(RFC3339.format($0))" } ?? ""
      return .ok(
        "sub \(identity.subject?.printable() ?? "(none)"), iss \(identity.issuer?.printable() ?? "(none)"), "
          + "aud \(audience.isEmpty ? "(none)" : audience)\(end)" + (isRenewable ? "" : ", and there is no newer one"))
    }
  }
}

extension Evidence {
  var tokenVerdict: Verdict {
    if let lacksIdentity { return lacksIdentity }
    guard !isLogin else { return .skipped("a person's session is used") }
    return TokenCheck(issued: issued, isRenewable: (try? source.get())?.isRenewable ?? true).verdict
  }
}
