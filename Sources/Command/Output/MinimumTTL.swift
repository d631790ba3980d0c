import ArgumentParser
import Broker
import Model

/// `--min-ttl`: how long what is printed must at least be valid.
struct MinimumTTL: ParsableArguments {
  @Option(help: ArgumentHelp("At least this much validity left: 90, 90s, 15m, 1h", valueName: "duration"))
  var minTTL: String?

  func seconds(default standard: Int64) throws(Failure) -> Int64 {
    guard let minTTL else { return standard }
    guard let seconds = TimeSpan.seconds(minTTL) else {
      throw Failure(
        .usage, "--min-ttl must be digits with s, m, h or nothing, as in 15m, not \"\(minTTL.printable(limit: 40))\"")
    }
    return Int64(seconds)
  }

  /// One that is asked for and that even a new token or new credentials cannot meet: a warning, or a failure under
  /// `strict`.
  func judge(_ expiration: WallTime, _ minimum: Int64, _ wiring: Wiring, _ now: WallTime) throws(Failure) {
    guard minTTL != nil, let problem = MinimumTTL.problem(left: expiration - now, minimum: minimum) else { return }
    guard !wiring.profile.strict else { throw problem }
    wiring.log.log(.warning, problem.message)
  }

  static func problem(left: Int64, minimum: Int64) -> Failure? {
    guard left < minimum else { return nil }
    return Failure(
      .busy, "only \(Moment.span(left)) are left, which is less than the \(Moment.span(minimum)) of --min-ttl",
      hint: "ask for less, or have longer ones issued")
  }
}
