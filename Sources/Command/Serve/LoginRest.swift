import Broker
import Model

/// How long nobody begins another login after one that came to nothing: longer each time that nobody approved it.
struct LoginRest {
  static let shortest = Duration.seconds(3600)
  static let longest = Duration.seconds(8 * 3600)

  private var next = LoginRest.shortest

  /// A provider that cannot be reached has asked nobody, so that says nothing about the person.
  mutating func pause(after failure: Failure) -> Duration {
    if failure.kind == .unreachable || failure.kind == .busy { return Pace.retry }
    defer { next = min(Self.longest, next * 2) }
    return next
  }
}
