import Formats
public import Model

/// A login that another process is waiting with, as it is published beside the session. Nothing in it is secret: whoever
/// approves a code approves it for that process, and the device code, which could fetch the tokens, is not here.
public struct LoginInProgress: Hashable, Sendable {
  /// What to approve; nil where the person signs in with a browser on this machine.
  public var code: LoginCode?
  /// Of the process that waits, where that is known.
  public var processID: Int64?
  public var expiresAt: WallTime
  /// Tells it from others, also of the same process number.
  var id: String
  var since: WallTime
  /// The same moment as `expiresAt` on a clock that nobody sets; nil where nothing tells boots apart, and in what an
  /// older daypass published.
  var end: BootMoment?

  /// What to do instead of starting another one.
  public var advice: String {
    guard let code else {
      return "login in progress: finish it in the browser on this machine" + (processID.map { " (pid \($0))" } ?? "")
    }
    return "login in progress: approve \(code.userCode) at \(code.verificationURIComplete ?? code.verificationURI)"
  }

  /// Seconds left, by the clock that nobody sets while this boot lasts; never more than it ever had.
  func left(_ surroundings: Surroundings) -> Int64 {
    let left = end.flatMap { surroundings.secondsLeft(until: $0) } ?? (expiresAt - surroundings.clocks.wall())
    return max(0, min(left, expiresAt - since))
  }
}

extension LoginInProgress {
  func encoded() -> [UInt8] {
    var members: [(String, JSON)] = [("id", JSON(id)), ("since", JSON(RFC3339.format(since)))]
    if let processID { members.append(("pid", JSON(processID))) }
    if let code {
      members.append(("verification_uri", JSON(code.verificationURI)))
      if let complete = code.verificationURIComplete { members.append(("verification_uri_complete", JSON(complete))) }
      members.append(("user_code", JSON(code.userCode)))
      members.append(("interval", JSON(code.interval.components.seconds)))
    }
    members.append(("expires_at", JSON(RFC3339.format(expiresAt))))
    if let end {
      members.append(("boot", JSON(end.boot)))
      members.append(("ends_at_boot_ns", JSON(end.time.nanoseconds)))
    }
    return JSON.object(JSONObject(members)).serialized()
  }

  /// Nil if it is not what `encoded` writes.
  init?(_ bytes: [UInt8]) {
    guard let object = try? JSON.parse(bytes).object, let id = object["id"]?.text?.string,
      let since = LoginInProgress.time(object["since"]), let expiresAt = LoginInProgress.time(object["expires_at"])
    else { return nil }
    self.id = id
    self.since = since
    self.expiresAt = expiresAt
    end = BootMoment(boot: object["boot"], nanoseconds: object["ends_at_boot_ns"])
    processID = object["pid"]?.integer
    guard let userCode = object["user_code"]?.text else { return }
    guard let address = LoginInProgress.address(object["verification_uri"]) else { return nil }
    code = LoginCode(
      verificationURI: address, verificationURIComplete: LoginInProgress.address(object["verification_uri_complete"]),
      userCode: userCode.printable(limit: 128), expiresAt: expiresAt,
      interval: .seconds(min(max(object["interval"]?.integer ?? 5, 1), 3600)))
  }

  private static func time(_ value: JSON?) -> WallTime? {
    (value?.text).flatMap { RFC3339.parse($0.utf8) }
  }

  private static func address(_ value: JSON?) -> String? {
    guard let text = value?.text?.string, let url = try? WebURL.parse(text), url.isSecureOrLoopback else { return nil }
    return url.text
  }
}
