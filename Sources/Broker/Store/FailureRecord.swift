import Formats
public import Model

/// A renewal that failed, and that nobody has made good since.
public struct RecordedFailure: Hashable, Sendable {
  public var failedAt: WallTime
  /// When the next try is due.
  var until: WallTime
  public var failure: Failure

  public init(failedAt: WallTime, until: WallTime, failure: Failure) {
    self.failedAt = failedAt
    self.until = until
    self.failure = failure
  }

  /// Whether nobody shall try again before although there is nothing to renew: somebody is setting it up then, and what
  /// a person can mend is tried again at once.
  var holdsBackNewcomers: Bool { failure.kind == .unreachable || failure.kind == .loginRequired }

  /// What happens by itself.
  static let meanwhile = "until then callers get that failure again; the first after it tries anew"

  /// The same failure for whoever comes meanwhile.
  var again: Failure {
    var again = Failure(
      failure.kind, "\(failure.message) (tried a moment ago; the next try is due at \(RFC3339.format(until)))",
      hint: failure.hint)
    again.isRemembered = true
    return again
  }
}

/// What is remembered of a failed renewal, in a file beside what was to be renewed: until then nobody tries again, in
/// any process. Nothing in it is secret, and nothing is believed because of it.
struct FailureRecord {
  let surroundings: Surroundings
  /// Of the file that was to be renewed.
  let name: String
  /// False where what was to be renewed is in memory only: then whoever renews it paces itself.
  var isKept = true

  static let suffix = ".failed"
  /// Nobody waits for longer, whatever a server asks for or a clock says.
  private static let longest: Int64 = 3600

  private var file: String { name + FailureRecord.suffix }

  /// Nil where there is none, or its time has passed.
  func current() -> RecordedFailure? {
    guard let (object, record) = read() else { return nil }
    return left(object, record) > 0 ? record : nil
  }

  /// Until the next try is due; nil where there is nothing to wait for.
  var secondsLeft: Int64? {
    guard let (object, record) = read(), case let left = left(object, record), left > 0 else { return nil }
    return left
  }

  /// Also after its time, as long as no renewal has succeeded.
  func last() -> RecordedFailure? { read()?.record }

  /// Whether its pause has been over for a day: whoever it was for has gone.
  var isLongOver: Bool { last().map { surroundings.clocks.wall() - $0.until > 86_400 } ?? false }

  private func read() -> (object: JSONObject, record: RecordedFailure)? {
    guard isKept, let bytes = try? surroundings.readState(file), let object = try? JSON.parse(bytes).object,
      let until = object["until"]?.integer, let message = object["message"]?.text?.string,
      let kind = object["kind"]?.text.flatMap(FailureRecord.kind)
    else { return nil }
    let failure = Failure(kind, message.printable(limit: 1000), hint: object["hint"]?.text?.printable(limit: 1000))
    let failedAt = object["at"]?.integer ?? until
    return (
      object, RecordedFailure(failedAt: WallTime(seconds: failedAt), until: WallTime(seconds: until), failure: failure)
    )
  }

  /// Seconds until the next try is due, by the clock that nobody sets while this boot lasts. By the wall clock a pause
  /// has never more left than it had: one that was set back since must not lengthen it.
  private func left(_ object: JSONObject, _ record: RecordedFailure) -> Int64 {
    if let boot = object["boot"]?.text?.string, boot == surroundings.bootID, let due = object["due_at_boot_ns"]?.integer
    {
      let left = (BootTime(nanoseconds: due) - surroundings.clocks.boot()).components
      let seconds = left.seconds + (left.attoseconds > 0 ? 1 : 0)
      return seconds <= FailureRecord.longest ? seconds : 0
    }
    let pause = object["at"] == nil ? FailureRecord.longest : record.until - record.failedAt
    let left = record.until - surroundings.clocks.wall()
    return left <= min(pause, FailureRecord.longest) ? left : 0
  }

  /// Remembers what has to do with somebody else's server, for 30 to 60 s, or for as long as that server asks.
  func record(_ setback: Setback) {
    // Nobody was asked now, so nothing is known anew.
    guard isKept, !setback.failure.isRemembered,
      let kind = FailureRecord.names.first(where: { $0.kind == setback.failure.kind })?.name
    else { return }
    let random = (try? surroundings.cryptography.randomBytes(1))?.first ?? 0
    let pause = min(max(30 + Int64(random) % 31, setback.retryAfter ?? 0), FailureRecord.longest)
    let now = surroundings.clocks.wall()
    var members: [(String, JSON)] = [
      ("at", JSON(now.seconds)), ("until", JSON((now + pause).seconds)), ("kind", .string(ByteText(kind))),
      ("message", .string(ByteText(setback.failure.message))),
      ("hint", setback.failure.hint.map { .string(ByteText($0)) } ?? .null),
    ]
    if let boot = surroundings.bootID {
      members.append(("boot", .string(ByteText(boot))))
      members.append(("due_at_boot_ns", JSON((surroundings.clocks.boot() + .seconds(pause)).nanoseconds)))
    }
    try? surroundings.state?.write(JSON.object(JSONObject(members)).serialized(), to: file)
  }

  func forget() {
    // Most renewals follow no failure, and removing looks at the whole directory.
    guard isKept, let found = try? surroundings.state?.read(file), found != .absent else { return }
    try? surroundings.state?.remove(file)
  }

  private static let names: [(kind: FailureKind, name: String)] = [
    (.unreachable, "unreachable"), (.malformed, "malformed"), (.refused, "refused"), (.configuration, "configuration"),
    (.loginRequired, "login_required"), (.denied, "denied"),
  ]

  private static func kind(_ text: ByteText) -> FailureKind? { names.first { text == $0.name }?.kind }
}

/// A failure on the way to a renewal, with what decides about the next try.
struct Setback: Error {
  var failure: Failure
  /// Seconds that a server asked to be left alone.
  var retryAfter: Int64?
  /// Whether the same may succeed with a new token, and only with one.
  var needsFreshToken = false
  /// A login or a logout came in between, and there is nothing left to renew.
  var wasSuperseded = false

  init(_ failure: Failure, retryAfter: Int64? = nil, needsFreshToken: Bool = false) {
    self.failure = failure
    self.retryAfter = retryAfter ?? failure.retryAfter
    self.needsFreshToken = needsFreshToken
  }
}
