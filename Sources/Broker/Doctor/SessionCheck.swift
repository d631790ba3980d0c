import Formats
import Model

/// The stored session: whether it is there, opens, and has an ID token or gets one.
struct SessionCheck {
  let person: Result<Identity, Failure>
  /// Of the time after it was asked for.
  let status: ProfileStatus
  let now: WallTime
  let loginCommand: String

  var verdict: Verdict {
    switch status.state {
    case .loginRequired:
      return .fault(status.reason ?? "no session", hint: status.login?.advice ?? "run `\(loginCommand)`")
    case .locked:
      return .fault("the session is locked: \(status.reason ?? "")", hint: "`\(loginCommand)` replaces it")
    case .none: return .fault(status.reason ?? "no session")
    case .ok: break
    }
    if case .failure(let failure) = person { return .fault(failure) }
    if let failure = status.failure {
      return .warning(
        "a renewal failed \(now - failure.failedAt) s ago: \(failure.failure.message)", hint: failure.failure.hint)
    }
    let name = status.label ?? status.subject
    let end = status.identityExpiresAt.map { "; ID token until \(RFC3339.format($0))" } ?? ""
    let limit = status.canRefresh ? "" : ", and no longer: \(noRefresh)"
    return .ok("\(name?.printable(limit: 60) ?? "somebody")\(end)\(limit)")
  }

  private var noRefresh: String {
    status.refreshGivesNoIDToken ? "a refresh brings no new one" : "there is no refresh token"
  }
}

extension Evidence {
  var sessionVerdict: Verdict {
    if let lacksIdentity { return lacksIdentity }
    guard isLogin else { return Evidence.onlyForLogin }
    let person = person
    do throws(Failure) {
      let status = try CredentialBroker(surroundings, profile: profile).status()
      let keeper = try SessionKeeper(surroundings, profile: profile)
      return SessionCheck(
        person: person, status: status, now: surroundings.clocks.wall(), loginCommand: keeper.store.loginCommand
      ).verdict.with(sessionRemarks)
    } catch {
      return Verdict.fault(error).with(sessionRemarks)
    }
  }
}
