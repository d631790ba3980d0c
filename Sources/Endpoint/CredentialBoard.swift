internal import Formats
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

  /// For the metrics.
  public struct Tally: Sendable, Equatable {
    /// Refreshes that brought credentials, and that did not.
    public var succeeded = 0
    public var failed = 0
    /// A person must log in, although the credentials there are may still be valid.
    public var needsLogin = false
  }

  private struct Contents {
    var entry: Entry
    /// Made once for each generation, and shared by all who ask.
    var answer: Response
    /// From when on it must not be given; nil where it stays true.
    var end: WallTime?
    var tally = Tally()
    var hasHeldCredentials: Bool

    init(_ entry: Entry) {
      self.entry = entry
      answer = Response(entry)
      end = entry.end
      hasHeldCredentials = entry.isFresh
    }
  }

  private let contents: Mutex<Contents>

  public init(
    _ entry: Entry = .unavailable(.notReady, message: "the first credentials are on their way", retryAfter: 1)
  ) {
    contents = Mutex(Contents(entry))
  }

  /// Swapped as a whole, so that no reader sees values of two generations.
  public var current: Entry {
    get { contents.withLock { $0.entry } }
    set {
      let answer = Response(newValue)
      contents.withLock { contents in
        contents.entry = newValue
        contents.answer = answer
        contents.end = newValue.end
        contents.hasHeldCredentials = contents.hasHeldCredentials || newValue.isFresh
      }
    }
  }

  /// Whether there ever were credentials.
  var hasHeldCredentials: Bool { contents.withLock { $0.hasHeldCredentials } }

  public var tally: Tally { contents.withLock { $0.tally } }

  /// Counts a refresh that has ended; nil where none was made.
  public func record(success: Bool?, needsLogin: Bool) {
    contents.withLock { contents in
      switch success {
      case true: contents.tally.succeeded += 1
      case false: contents.tally.failed += 1
      default: break
      }
      contents.tally.needsLogin = needsLogin
    }
  }

  /// Usable at `now`: complete and unexpired.
  func credentials(at now: WallTime) -> AWSCredentials? {
    guard case .fresh(let credentials) = current, credentials.isUsable(at: now) else { return nil }
    return credentials
  }

  func answer(at now: WallTime) -> Response {
    let (answer, end) = contents.withLock { ($0.answer, $0.end) }
    guard let end, now >= end else { return answer }
    return .unavailable(
      .unavailable, message: "the credentials have expired and could not be renewed yet", retryAfter: 1)
  }
}

extension CredentialBoard.Entry {
  fileprivate var isFresh: Bool { if case .fresh = self { true } else { false } }

  /// Of what is handed out; what is incomplete is never.
  fileprivate var end: WallTime? {
    guard case .fresh(let credentials) = self else { return nil }
    return credentials.isComplete ? credentials.expiration : WallTime(seconds: .min)
  }
}

extension Response {
  fileprivate init(_ entry: CredentialBoard.Entry) {
    switch entry {
    case .fresh(let credentials): self.init(prepared: .ok, credentials.containerDocument)
    case .unavailable(let reason, let message, let retryAfter):
      self = .unavailable(reason, message: message, retryAfter: retryAfter)
    }
  }

  static func unavailable(_ reason: CredentialBoard.Reason, message: String, retryAfter: Int64) -> Response {
    Response(
      .unavailable, code: reason.rawValue, message: message, headers: [("Retry-After", "\(max(1, retryAfter))")])
  }
}

extension AWSCredentials {
  fileprivate var isComplete: Bool { !accessKeyID.isEmpty && !secretAccessKey.isEmpty && !sessionToken.isEmpty }

  fileprivate func isUsable(at now: WallTime) -> Bool { isComplete && expiration > now }

  /// What the container provider of AWS SDKs reads:
  /// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>
  fileprivate var containerDocument: JSON {
    .object(JSONObject(keyMembers))
  }

  /// The four that the container provider and the metadata service have in common.
  var keyMembers: [(String, JSON)] {
    [
      ("AccessKeyId", .string(ByteText(accessKeyID))),
      ("SecretAccessKey", .string(ByteText(secretAccessKey.exposedText()))),
      ("Token", .string(ByteText(sessionToken.exposedText()))),
      ("Expiration", .string(ByteText(RFC3339.format(expiration)))),
    ]
  }
}
