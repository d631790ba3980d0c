import Formats
import Model

/// The stored session: whether it is there, opens, and has an ID token or gets one.
struct SessionCheck {
  let person: Result<Identity, Failure>
  /// Of the time after it was asked for.
  let status: ProfileStatus
  /// A refresh that failed, and none has succeeded since.
  let failure: RecordedFailure?
  /// Whether nobody tries again yet.
  let isResting: Bool
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
    if case .failure(let refusal) = person {
      // Asked now, the provider might say otherwise.
      guard refusal.isRemembered, let failure else { return .fault(refusal) }
      return .fault(said(failure), hint: RecordedFailure.meanwhile)
    }
    if let failure { return .warning(said(failure), hint: failure.failure.hint) }
    let name = status.label ?? status.subject
    let end = status.identityExpiresAt.map { "; ID token until \(RFC3339.format($0))" } ?? ""
    let limit = status.canRefresh ? "" : ", and no longer: \(noRefresh)"
    return .ok("\(name?.printable(limit: 60) ?? "somebody")\(end)\(limit)")
  }

  private func said(_ failure: RecordedFailure) -> String {
    let pause = isResting ? ", and nobody tries again until \(RFC3339.format(failure.until))" : ""
    return "a refresh failed \(max(0, now - failure.failedAt)) s ago\(pause): \(failure.failure.message)"
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
    if case .failure(let failure) = person, storeVerdict == .fault(failure) {
      return .skipped("the store cannot be used").with(sessionRemarks)
    }
    do throws(Failure) {
      let status = try CredentialBroker(surroundings, profile: profile).status()
      let keeper = try SessionKeeper(surroundings, profile: profile)
      let failures = keeper.store.failures
      return SessionCheck(
        person: person, status: status, failure: failures.last(), isResting: failures.current() != nil,
        now: surroundings.clocks.wall(), loginCommand: keeper.store.loginCommand
      ).verdict.with(sessionRemarks)
    } catch {
      return Verdict.fault(error).with(sessionRemarks)
    }
  }
}
