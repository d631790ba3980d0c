import Formats
public import Model
import STS

/// Credentials as they are handed out, with what is known of the role they act as.
public struct Lease: Sendable, Equatable {
  public var credentials: AWSCredentials
  public var obtainedAt: WallTime
  /// The assumed role's ARN and account as the STS gave them; nil where it does not.
  public var arn: String?
  public var account: String?
  /// The same moment as `obtainedAt` on a clock that nobody sets.
  var obtained: BootMoment?
  /// Of the first role's credentials, where these are of a chain's last.
  public var root: Root?

  /// From when to when the first role's credentials are good, with which those of a chain are renewed.
  public struct Root: Sendable, Equatable {
    public var obtainedAt: WallTime
    public var expiration: WallTime

    public init(obtainedAt: WallTime, expiration: WallTime) {
      self.obtainedAt = obtainedAt
      self.expiration = expiration
    }
  }

  public init(credentials: AWSCredentials, obtainedAt: WallTime, arn: String?, account: String?) {
    self.credentials = credentials
    self.obtainedAt = obtainedAt
    self.arn = arn
    self.account = account
  }

  /// What the STS called the session; nil where it does not say, or says what is none.
  var sessionName: SessionName? {
    arn.flatMap { $0.split(separator: "/", omittingEmptySubsequences: false).last }.flatMap {
      try? SessionName(String($0))
    }
  }

  /// Seconds they were granted for.
  var lifetime: Int64 { max(1, credentials.expiration - obtainedAt) }

  /// Seconds left: the less of what the wall clock says and of what the clock says that nobody sets, so that a wall
  /// clock that was set back revives nothing.
  func secondsLeft(_ surroundings: Surroundings) -> Int64 {
    let left = credentials.expiration - surroundings.clocks.wall()
    guard let obtained, obtained.boot == surroundings.bootID else { return left }
    let age = (surroundings.clocks.boot() - obtained.time).components.seconds
    return age >= 0 ? min(left, lifetime - min(age, lifetime)) : left
  }

  /// Whole hours for which they were granted, in seconds.
  var grantedHours: Int64 { (min(lifetime, 86_400) + 1800) / 3600 * 3600 }
}

extension CredentialBroker {
  /// Seconds until it is time to renew, by `Windows`: zero or less when it is.
  public func renewalDue(_ lease: Lease) -> Int64 {
    let left = lease.secondsLeft(surroundings)
    return left - Windows.renewal(ofLifetime: lease.lifetime) + 1
  }

  /// Whether they must not be handed out any more.
  public func isExpired(_ lease: Lease) -> Bool { lease.secondsLeft(surroundings) <= 0 }
}

// As it is kept, sealed.
extension Lease {
  func encoded() -> Secret {
    var members: [(String, JSON)] = [
      ("access_key_id", .string(ByteText(credentials.accessKeyID))),
      ("secret_access_key", .string(ByteText(credentials.secretAccessKey.exposedText()))),
      ("session_token", .string(ByteText(credentials.sessionToken.exposedText()))),
      ("expiration", JSON(credentials.expiration.seconds)),
      ("obtained_at", JSON(obtainedAt.seconds)),
    ]
    if let obtained {
      members.append(("boot", .string(ByteText(obtained.boot))))
      members.append(("obtained_at_boot_ns", JSON(obtained.time.nanoseconds)))
    }
    if let arn { members.append(("arn", .string(ByteText(arn)))) }
    if let account { members.append(("account", .string(ByteText(account)))) }
    if let root {
      members.append(("root_obtained_at", JSON(root.obtainedAt.seconds)))
      members.append(("root_expiration", JSON(root.expiration.seconds)))
    }
    return Secret(JSON.object(JSONObject(members)).serialized())
  }

  /// Nil if it is not what `encoded` writes.
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
    if let boot = object["boot"]?.text?.string, let nanoseconds = object["obtained_at_boot_ns"]?.integer {
      obtained = BootMoment(boot: boot, time: BootTime(nanoseconds: nanoseconds))
    }
    arn = object["arn"]?.text?.string
    account = object["account"]?.text?.string
    if let obtainedAt = object["root_obtained_at"]?.integer, let expiration = object["root_expiration"]?.integer {
      root = Root(obtainedAt: WallTime(seconds: obtainedAt), expiration: WallTime(seconds: expiration))
    }
  }
}
