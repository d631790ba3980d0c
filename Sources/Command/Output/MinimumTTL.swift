import ArgumentParser
import Broker
import Host
import Model

/// `--min-ttl`: how long what is printed must at least be valid.
struct MinimumTTL: ParsableArguments {
  @Option(help: ArgumentHelp("At least this much validity left: 90, 90s, 15m, 1h", valueName: "duration"))
  var minTtl: String?

  func seconds(default standard: Int64) throws(Failure) -> Int64 {
    guard let minTtl else { return standard }
    guard let seconds = TimeSpan.seconds(minTtl) else {
      throw Failure(
        .usage, "--min-ttl is \"\(minTtl.printable(limit: 40))\"", hint: "use digits with s, m, h or nothing, as in 15m")
    }
    return Int64(seconds)
  }

  /// One that even a new one cannot meet is printed with a warning; under `strict` it is refused.
  func judge(_ expiration: WallTime, _ minimum: Int64, _ wiring: Wiring, _ now: WallTime) throws(Failure) {
    let left = expiration - now
    guard left < minimum, minTtl != nil || left <= 0 else { return }
    let message = "only \(Moment.span(left)) are left; --min-ttl \(minTtl ?? "\(minimum)") cannot be met now"
    guard !wiring.profile.strict else { throw Failure(.busy, message, hint: "ask for less, or raise duration") }
    wiring.log.log(.warning, message)
  }
}

/// Data for a program: all of it on standard output, or a failure.
enum Data {
  static func write(_ secret: Secret) throws(Failure) {
    do throws(OutputFailure) { try StandardOutput.write(secret) } catch { throw Failure(error) }
  }
}
