public import Model

/// Why an exchange with the STS brought nothing: the way to it, or its answer.
public enum ExchangeFailure: Explained, Hashable {
  case transport(TransportFailure)
  case sts(STSError)

  public var kind: FailureKind { explained.kind }
  public var message: String { explained.message }
  public var hint: String? { explained.hint }

  /// Whether the same request may succeed a moment later.
  public var isRetryable: Bool {
    switch self {
    case .transport(let failure): failure.isTransient
    case .sts(let error): error.isRetryable
    }
  }

  /// Whether the request may succeed with a new token, and only with one.
  public var needsFreshToken: Bool {
    if case .sts(let error) = self { error.needsFreshToken } else { false }
  }

  fileprivate var retryAfter: Int64? {
    if case .sts(let error) = self { error.retryAfter } else { nil }
  }

  private var explained: any Explained {
    switch self {
    case .transport(let failure): failure
    case .sts(let error): error
    }
  }
}

/// When to try again. At most three tries; the wait before each is random between nothing and
///
///     after try   1    2
///     at most     1 s  2 s      (base 1 s, doubled each time, never more than 20 s)
///
/// so that many that failed together do not come back together.
/// <https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/>
public enum Retry {
  public static let attempts = 3
  private static let base = 1.0
  private static let cap = 20.0

  /// How long to wait, or nil to give up.
  ///
  /// A server that names a time (Retry-After) is asked no earlier; if that lies beyond the deadline, it is not asked
  /// again.
  /// - Parameters:
  ///   - attempt: the try that failed, from 1.
  ///   - random: 0 ..< 1.
  ///   - remaining: until the caller's own deadline.
  public static func delay(
    after attempt: Int, failedWith failure: ExchangeFailure, random: Double, remaining: Duration
  ) -> Duration? {
    guard attempt >= 1, attempt < attempts, failure.isRetryable else { return nil }
    let ceiling = (1..<attempt).reduce(base) { ceiling, _ in min(ceiling * 2, cap) }
    // Also takes what is no number.
    let fraction = random >= 0 && random < 1 ? random : 0
    let jitter = Duration.seconds(ceiling * fraction)
    let delay = max(jitter, .seconds(failure.retryAfter ?? 0))
    return delay < remaining ? delay : nil
  }
}
