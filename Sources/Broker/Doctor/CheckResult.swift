public import Model

/// What `doctor` looks at, in this order: each rests on those before it, so the first fault is the likeliest cause of
/// the others.
public enum Check: String, CaseIterable, Sendable {
  case config, identity, clock, issuer, sts, discovery, keys, device, store, session, token, exchange
}

/// What came of one check: a value, so that what is judged and how it is shown are two things.
public struct Verdict: Hashable, Sendable {
  public enum Status: String, Sendable { case ok, warning, fault, skipped }

  public var status: Status
  /// One line: what there is, what is wrong, or why it was not looked at.
  public var message: String
  /// What to do.
  public var hint: String?

  public static func ok(_ message: String) -> Verdict { Verdict(status: .ok, message: message) }

  public static func skipped(_ reason: String) -> Verdict { Verdict(status: .skipped, message: reason) }

  public static func warning(_ message: String, hint: String? = nil) -> Verdict {
    Verdict(status: .warning, message: message, hint: hint)
  }

  public static func fault(_ message: String, hint: String? = nil) -> Verdict {
    Verdict(status: .fault, message: message, hint: hint)
  }

  public static func fault(_ error: some Explained) -> Verdict { .fault(error.message, hint: error.hint) }

  /// The same where going on without it is possible.
  var asWarning: Verdict { status == .fault ? .warning(message, hint: hint) : self }

  /// With what was warned of in passing. A check that went well otherwise has a warning then.
  public func with(_ remarks: [String]) -> Verdict {
    guard !remarks.isEmpty else { return self }
    let said = remarks.joined(separator: "; ")
    return status == .ok ? .warning(said) : Verdict(status: status, message: "\(message); \(said)", hint: hint)
  }
}

public struct CheckResult: Hashable, Sendable {
  public var check: Check
  public var verdict: Verdict

  public init(_ check: Check, _ verdict: Verdict) {
    self.check = check
    self.verdict = verdict
  }
}
