import Model

/// This machine's clock against those that servers show in `Date`. Tokens say from when until when they are valid, and
/// signatures say when they were made.
struct ClockCheck {
  /// Seconds by which each host's clock is ahead.
  let readings: [(host: String, skew: Int64)]

  /// By so much a provider may be ahead: an ID token from further in the future is refused here (`IDTokenPolicy`).
  private static let ahead: Int64 = 60
  /// By so much one may be behind: AWS refuses signatures that differ more.
  private static let behind: Int64 = 300

  var verdict: Verdict {
    guard let nearest = readings.min(by: { $0.skew.magnitude < $1.skew.magnitude }),
      let farthest = readings.max(by: { $0.skew.magnitude < $1.skew.magnitude })
    else { return .skipped("no server told the time") }
    // One server that agrees is enough: then it is the other's clock that is wrong.
    guard ClockCheck.isApart(nearest.skew) else {
      guard ClockCheck.isApart(farthest.skew) else {
        return .ok("agrees with \(ClockCheck.list(readings.map(\.host)))")
      }
      return .warning(
        "the clock of \(farthest.host) is \(ClockCheck.distance(farthest.skew)) this machine's, which agrees with "
          + nearest.host,
        hint: "whoever runs \(farthest.host) has to set it")
    }
    let message = "this machine's clock is \(ClockCheck.distance(nearest.skew, ofOurs: true)) that of \(nearest.host)"
    let isHarmful = nearest.skew > ClockCheck.ahead || nearest.skew < -ClockCheck.behind
    let hint = "set it, for example with `timedatectl set-ntp true`: tokens and certificates are judged by it"
    return isHarmful ? .fault(message, hint: hint) : .warning(message, hint: hint)
  }

  private static func isApart(_ skew: Int64) -> Bool { skew.magnitude > 60 }

  /// - Parameter ofOurs: whether this machine's clock is said to be ahead or behind, and not the other one.
  private static func distance(_ skew: Int64, ofOurs: Bool = false) -> String {
    "\(skew.magnitude) s \((skew > 0) != ofOurs ? "ahead of" : "behind")"
  }

  private static func list(_ hosts: [String]) -> String {
    hosts.count == 2 && hosts[0] == hosts[1] ? hosts[0] : hosts.joined(separator: " and ")
  }
}

extension Evidence {
  var clockVerdict: Verdict {
    if let lacksIdentity { return lacksIdentity }
    let probes = [issuerProbe, stsProbe].compactMap { $0 }
    return ClockCheck(readings: probes.compactMap { probe in probe.skew.map { (probe.host, $0) } }).verdict
  }
}
