public import Model

/// `daypass doctor`: finds out why it does not work.
///
/// Nothing is written, renewed or bought that an ordinary call would not have renewed: the cache stays as it is, and
/// what is bought here is thrown away.
public struct Examination {
  /// With what comes before and after it stays below a minute.
  private static let length = Duration.seconds(55)

  private let surroundings: Surroundings
  private let profile: Profile

  public init(_ surroundings: Surroundings, profile: Profile) {
    self.surroundings = surroundings
    self.profile = profile
  }

  /// The check of the configuration: what whoever read it found, and what the settings say of roles.
  public func config(_ read: Verdict) -> Verdict {
    guard read.status != .fault else { return read }
    do throws(Failure) {
      guard let notice = try CredentialBroker(surroundings, profile: profile).checkSettings() else { return read }
      return Verdict(status: read.status, message: "\(read.message); \(notice)", hint: read.hint)
    } catch {
      return .fault(error)
    }
  }

  /// Every check but that of the configuration.
  ///
  /// - Parameter report: gets each result as soon as it is there.
  public func run(_ report: (CheckResult) throws(Failure) -> Void) throws(Failure) {
    let end = surroundings.clocks.boot() + Examination.length
    let evidence = Evidence(surroundings, profile, until: end)
    for check in Check.allCases where check != .config {
      let isOver = surroundings.clocks.boot() >= end
      let verdict = isOver ? .skipped("no time was left") : evidence.verdict(on: check).with(evidence.newRemarks())
      // What was interrupted only looks like a fault.
      do throws(Interrupted) { try surroundings.clocks.sleep(.zero) } catch { throw Failure(error) }
      try report(CheckResult(check, verdict))
    }
  }
}

extension Evidence {
  fileprivate func verdict(on check: Check) -> Verdict {
    switch check {
    case .config: .ok("read")
    case .identity: identityVerdict
    case .clock: clockVerdict
    case .issuer: issuerVerdict
    case .sts: stsVerdict
    case .discovery: discoveryVerdict
    case .keys: keysVerdict
    case .device: deviceVerdict
    case .store: storeVerdict
    case .session: sessionVerdict
    case .token: tokenVerdict
    case .exchange: exchangeVerdict
    }
  }
}
