import Formats
import Model

/// Whether a host answers at all: its name, a connection, its certificate. What it answers is another's business.
struct ReachCheck {
  let probe: Probe

  var verdict: Verdict {
    if let failure = probe.failure { return .fault(failure) }
    guard probe.url.scheme == .https else { return .ok("\(probe.host) answers (on this machine, without TLS)") }
    return .ok("\(probe.host) answers, and its certificate is good")
  }
}

extension Evidence {
  var issuerVerdict: Verdict {
    if let reason = lacksIdentity ?? isForTheSTSAlone { return reason }
    guard let issuer else { return .skipped("the token's issuer is not known") }
    guard let issuerProbe else { return .fault("the issuer \(issuer.printable()) is no https URL") }
    let verdict = ReachCheck(probe: issuerProbe).verdict
    guard verdict.status == .fault, !isLogin, !profile.verifyToken else { return verdict }
    // Who must reach it is the STS.
    return .warning(verdict.message, hint: "harmless if the STS can reach it: AWS does so from the internet")
  }

  var stsVerdict: Verdict {
    if let lacksIdentity { return lacksIdentity }
    switch endpoint {
    case nil: return noRole
    case .failure(let failure)?: return .fault(failure)
    case .success?: return stsProbe.map { ReachCheck(probe: $0).verdict } ?? noRole
    }
  }

  var noRole: Verdict {
    let ambient = isLogin && hasAmbientRole ? " (AWS_ROLE_ARN does not count for a person's login)" : ""
    return .skipped("no role_arn is set, so credentials are not bought\(ambient)")
  }
}
