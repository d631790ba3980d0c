import ArgumentParser
import Broker
import Model

struct MinimumTTLOption: ParsableArguments {
  @Option(help: ArgumentHelp("At least this much validity left: 90, 90s, 15m, 1h", valueName: "duration"))
  var minTTL: String?

  var choice: MinimumTTL { MinimumTTL(text: minTTL) }
}

/// `--min-ttl`: how long what is printed must at least be valid.
struct MinimumTTL: Hashable {
  /// As it was given; nil where it was not.
  var text: String?

  func seconds(default standard: Int64) throws(Failure) -> Int64 {
    guard let text else { return standard }
    guard let seconds = TimeSpan.seconds(text) else {
      throw Failure(
        .usage, "--min-ttl must be digits with s, m, h or nothing, as in 15m, not \"\(text.printable(limit: 40))\"")
    }
    return Int64(seconds)
  }

  /// One that is asked for and that even a new token or new credentials cannot meet: a warning, or a failure under
  /// `strict`.
  func judge(_ expiration: WallTime, _ minimum: Int64, _ wiring: Wiring, _ now: WallTime) throws(Failure) {
    guard text != nil, let problem = MinimumTTL.problem(left: expiration - now, minimum: minimum) else { return }
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
