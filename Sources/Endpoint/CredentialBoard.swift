public import Model
internal import Synchronization

/// What the endpoint answers with at the moment. Written by whoever refreshes, read by every request; a request never
/// waits for a refresh.
public final class CredentialBoard: Sendable {
  public enum Entry: Sendable, Equatable {
    /// Valid until their expiration, after which the endpoint stops handing them out by itself.
    case fresh(AWSCredentials)
    /// `message` is shown by AWS SDKs to their users; `retryAfter` in seconds.
    case unavailable(Reason, message: String, retryAfter: Int64)
  }

  /// Why there are no credentials; the raw value is the answer's `code`.
  public enum Reason: String, Sendable {
    case loginRequired = "LoginRequired"
    case unavailable = "Unavailable"
    case notReady = "NotReady"
  }

  private let entry: Mutex<Entry>

  public init(
    _ entry: Entry = .unavailable(.notReady, message: "the first credentials are on their way", retryAfter: 1)
  ) {
    self.entry = Mutex(entry)
  }

  /// Swapped as a whole, so that no reader sees values of two generations.
  public var current: Entry {
    get { entry.withLock { $0 } }
    set { entry.withLock { $0 = newValue } }
  }
}
