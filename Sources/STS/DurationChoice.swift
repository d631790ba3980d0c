/// How long credentials are asked for. What a role grants at most is nowhere to be read without credentials, so `max`
/// finds it by asking for less and less.
public enum DurationChoice: Sendable, Hashable {
  case seconds(Int64)
  case max

  /// What STS takes, in seconds.
  public static let allowed: ClosedRange<Int64> = 900...43_200

  private static let steps: [Int64] = [longestStep, 28_800, 14_400, 7_200, 3_600]
  /// What `max` asks for first, in seconds.
  public static let longestStep: Int64 = 43_200

  /// Whether `max` ever asks for this many seconds.
  public static func isStep(_ seconds: Int64) -> Bool { steps.contains(seconds) }

  /// The first to ask for.
  ///
  /// - Parameter remembered: what the role was found to grant, in seconds.
  public func first(remembered: Int64? = nil) -> Int64 {
    switch self {
    case .seconds(let seconds): seconds
    case .max: remembered.flatMap { DurationChoice.isStep($0) ? $0 : nil } ?? DurationChoice.longestStep
    }
  }

  /// The next to ask for after the server has found `refused` too long; nil if there is none, or if it was something
  /// else that it did not like.
  public func next(after refused: Int64, because error: STSError) -> Int64? {
    guard self == .max, error.isDurationTooLong else { return nil }
    return DurationChoice.steps.first { $0 < refused }
  }
}
