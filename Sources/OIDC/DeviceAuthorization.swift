public import Formats
public import Model

/// What a person needs to approve a login on another device (RFC 8628 §3.2). The device code is not part of it.
public struct DeviceAuthorization: Sendable, Equatable {
  /// Verbatim: dashes and case count. Show it through `printable`.
  public let userCode: String
  public let verificationURI: WebURL
  /// For the QR code: the URI with the code in it, if there is one of the same origin.
  public let verificationURIComplete: WebURL?
  /// The provider sent a complete URI that is malformed or of another origin; it was dropped, and a warning is due.
  public let completeURIWasRefused: Bool
  public let expiresAt: WallTime
  public let deadline: BootTime
  /// Seconds between polls, as stated and capped.
  public let interval: Int64

  public init(
    userCode: String, verificationURI: WebURL, verificationURIComplete: WebURL?, completeURIWasRefused: Bool,
    expiresAt: WallTime, deadline: BootTime, interval: Int64
  ) {
    self.userCode = userCode
    self.verificationURI = verificationURI
    self.verificationURIComplete = verificationURIComplete
    self.completeURIWasRefused = completeURIWasRefused
    self.expiresAt = expiresAt
    self.deadline = deadline
    self.interval = interval
  }
}

/// The answer of the device authorization endpoint, whole.
struct DeviceAuthorizationResponse {
  static let longestLifetime: Int64 = 3600

  let deviceCode: Secret
  let shown: DeviceAuthorization

  init(_ object: JSONObject, now: BootTime, wall: WallTime) throws(DeviceAuthorizationFault) {
    deviceCode = Secret(try object.text("device_code", limit: 8192).utf8)
    let userCode = try object.text("user_code", limit: 128).string
    let uri = try Self.verificationURI(object)
    let (complete, wasRefused) = Self.completeURI(object, of: uri)
    let lifetime = try Self.lifetime(object)
    shown = DeviceAuthorization(
      userCode: userCode, verificationURI: uri, verificationURIComplete: complete, completeURIWasRefused: wasRefused,
      expiresAt: wall + lifetime, deadline: now + .seconds(lifetime), interval: try Self.interval(object))
  }

  /// Google calls it `verification_url`.
  private static func verificationURI(_ object: JSONObject) throws(DeviceAuthorizationFault) -> WebURL {
    let name =
      object["verification_uri"] == nil && object["verification_url"] != nil ? "verification_url" : "verification_uri"
    let text = try object.text(name, limit: 2048)
    guard let url = try? WebURL.parse(text.string), url.isSecureOrLoopback else { throw .unsafeURI(text) }
    return url
  }

  /// The complete URI goes into a QR code that a person scans on trust, so it must lead where the printed one does.
  private static func completeURI(_ object: JSONObject, of uri: WebURL) -> (WebURL?, wasRefused: Bool) {
    guard let value = object["verification_uri_complete"] ?? object["verification_url_complete"], value != .null else {
      return (nil, false)
    }
    guard let text = value.text, let url = try? WebURL.parse(text.string), url.isSameOrigin(as: uri) else {
      return (nil, true)
    }
    return (url, false)
  }

  /// Required; more than an hour counts as an hour.
  private static func lifetime(_ object: JSONObject) throws(DeviceAuthorizationFault) -> Int64 {
    guard let value = object["expires_in"] else { throw .missing("expires_in") }
    guard case .seconds(let seconds) = StatedSeconds(value), seconds > 0 else { throw .wrongValue("expires_in") }
    return min(seconds, longestLifetime)
  }

  /// 5 s where it is absent (RFC 8628 §3.2) or zero, which would be a busy loop.
  private static func interval(_ object: JSONObject) throws(DeviceAuthorizationFault) -> Int64 {
    guard let value = object["interval"], value != .null else { return PollSchedule.defaultInterval }
    guard case .seconds(let seconds) = StatedSeconds(value), seconds >= 0 else { throw .wrongValue("interval") }
    return seconds == 0 ? PollSchedule.defaultInterval : min(seconds, PollSchedule.longestStatedInterval)
  }
}

/// A field of the device authorization answer that cannot be used.
public enum DeviceAuthorizationFault: Error, Sendable, Hashable {
  case missing(String)
  case wrongValue(String)
  case unsafeURI(ByteText)

  var message: String {
    switch self {
    case .missing(let name): "the device authorization answer has no \(name)"
    case .wrongValue(let name): "\(name) in the device authorization answer cannot be used"
    case .unsafeURI(let text): "verification_uri is refused, it is not a plain https URL: \(text.printable())"
    }
  }
}

extension JSONObject {
  fileprivate func text(_ name: String, limit: Int) throws(DeviceAuthorizationFault) -> ByteText {
    switch self[name] {
    case nil, .null?: throw .missing(name)
    case .string(let text)? where !text.isEmpty && text.utf8.count <= limit: return text
    default: throw .wrongValue(name)
    }
  }
}
