public import Model
import Formats

/// Credentials as they are handed out, with what is known of the role they act as.
public struct Lease: Sendable, Equatable {
  public var credentials: AWSCredentials
  public var obtainedAt: WallTime
  /// The assumed role's ARN and account as the STS gave them; nil where it does not.
  public var arn: String?
  public var account: String?

  public init(credentials: AWSCredentials, obtainedAt: WallTime, arn: String?, account: String?) {
    self.credentials = credentials
    self.obtainedAt = obtainedAt
    self.arn = arn
    self.account = account
  }

  /// Seconds until it is time to renew, by `Windows`: zero or less when it is.
  public func renewalDue(_ now: WallTime) -> Int64 {
    let lifetime = max(1, credentials.expiration - obtainedAt)
    return credentials.expiration - now - min(1200, lifetime / 2) + 1
  }

  /// Whole hours for which they were granted, in seconds; what `duration = "max"` found.
  var grantedHours: Int64 { (credentials.expiration - obtainedAt + 1800) / 3600 * 3600 }
}

/// Credentials on disk: one sealed file for each `CredentialKey`, and beside it what is remembered of a failed renewal.
struct CredentialCache {
  let surroundings: Surroundings
  let key: CredentialKey
  private let sealed: SealedStore
  let name: String

  init(_ surroundings: Surroundings, key: CredentialKey, store: StoreChoice) {
    self.surroundings = surroundings
    self.key = key
    sealed = SealedStore(surroundings, store)
    name = CredentialCache.prefix(key.session, surroundings) + key.fingerprint.name(surroundings.cryptography)
  }

  /// How the names of all credentials begin that were bought with one session, so that a logout finds them without
  /// knowing for which roles.
  private static func prefix(_ session: SessionKey?, _ surroundings: Surroundings) -> String {
    "credentials-\(session.map { $0.fingerprint.name(surroundings.cryptography).prefix(16) } ?? "issued")-"
  }

  /// Deletes everything bought with a session. Returns the latest end of what was still valid.
  static func forget(
    boughtWith session: SessionKey, _ surroundings: Surroundings, store: StoreChoice
  ) throws(Failure) -> WallTime? {
    guard let state = surroundings.state else { return nil }
    let sealed = SealedStore(surroundings, store)
    let prefix = prefix(session, surroundings)
    var latest: WallTime?
    do {
      for name in try state.names() where name.hasPrefix(prefix) && !name.hasSuffix(".lock") {
        if case .opened(let plaintext, _) = try sealed.read(name, kind: .credentials), let lease = Lease(plaintext),
          lease.credentials.expiration > surroundings.clocks.wall()
        {
          latest = max(latest ?? lease.credentials.expiration, lease.credentials.expiration)
        }
        try state.remove(name)
      }
      return latest
    } catch let failure as StateFailure {
      throw Failure(failure)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(.bug, "unexpected error while deleting credentials")
    }
  }

  /// Nil where there is nothing usable, for whatever reason: buying again is always possible.
  func read() throws(Failure) -> Lease? {
    guard case .opened(let plaintext, _) = try sealed.read(name, kind: .credentials) else { return nil }
    return Lease(plaintext)
  }

  func write(_ lease: Lease, existing: KeyReference?) throws(Failure) {
    try sealed.write(lease.encoded(), to: name, kind: .credentials, existing: existing)
  }

  func remove() throws(Failure) {
    do {
      try surroundings.state?.remove(name)
      try surroundings.state?.remove(failureName)
    } catch {
      throw Failure(error)
    }
  }

  func lock(until deadline: BootTime) throws(Failure) -> (any StateLock)? {
    guard let state = surroundings.state else { return nil }
    do {
      return try state.lock(name, deadline: deadline)
    } catch {
      throw Failure(error)
    }
  }

  // MARK: The recorded failure

  private var failureName: String { name + ".failed" }

  /// A renewal that failed for a passing reason; nobody tries again before it has passed. At most an hour ahead: a clock
  /// that was set back must not block for longer.
  func recordedFailure(now: WallTime) -> RecordedFailure? {
    guard let state = surroundings.state, case .present(let bytes)? = try? state.read(failureName),
      let object = try? JSON.parse(bytes).object, let until = object["until"]?.integer,
      let message = object["message"]?.text?.string
    else { return nil }
    let time = WallTime(seconds: until)
    return time > now && time - now <= 3600 ? RecordedFailure(until: time, message: message) : nil
  }

  func record(_ failure: RecordedFailure) {
    let object = JSONObject([("until", .integer(failure.until.seconds)), ("message", .string(ByteText(failure.message)))])
    try? surroundings.state?.write(JSON.object(object).serialized(), to: failureName)
  }

  func forgetFailure() { try? surroundings.state?.remove(failureName) }
}

struct RecordedFailure: Hashable {
  var until: WallTime
  var message: String
}

extension Lease {
  func encoded() -> Secret {
    var members: [(String, JSON)] = [
      ("access_key_id", .string(ByteText(credentials.accessKeyID))),
      ("secret_access_key", .string(ByteText(credentials.secretAccessKey.exposedText()))),
      ("session_token", .string(ByteText(credentials.sessionToken.exposedText()))),
      ("expiration", .integer(credentials.expiration.seconds)),
      ("obtained_at", .integer(obtainedAt.seconds)),
    ]
    if let arn { members.append(("arn", .string(ByteText(arn)))) }
    if let account { members.append(("account", .string(ByteText(account)))) }
    return Secret(JSON.object(JSONObject(members)).serialized())
  }

  init?(_ plaintext: Secret) {
    guard let object = try? JSON.parse(plaintext.exposedBytes()).object,
      let accessKeyID = object["access_key_id"]?.text?.string,
      let secretAccessKey = object["secret_access_key"]?.text,
      let sessionToken = object["session_token"]?.text,
      let expiration = object["expiration"]?.integer, let obtainedAt = object["obtained_at"]?.integer
    else { return nil }
    credentials = AWSCredentials(
      accessKeyID: accessKeyID, secretAccessKey: Secret(secretAccessKey.utf8), sessionToken: Secret(sessionToken.utf8),
      expiration: WallTime(seconds: expiration))
    self.obtainedAt = WallTime(seconds: obtainedAt)
    arn = object["arn"]?.text?.string
    account = object["account"]?.text?.string
  }
}
