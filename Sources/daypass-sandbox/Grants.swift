import Formats
import Model

/// A device authorization from request to redemption (RFC 8628).
struct DeviceGrant: Sendable {
  enum Status: Sendable { case pending, approved(ByteText), denied, redeemed }

  var deviceCode: ByteText
  var userCode: ByteText
  var client: ByteText
  var scopes: [ByteText]
  var challenge: ByteText?
  var status = Status.pending
  /// Grows by 5 s with each slow_down, for good (RFC 8628 §3.5).
  var interval: Int64
  var issued: Duration
  var expires: Duration
  var lastPoll: Duration?
  var gaps: [Duration] = []
  var earlyPolls: Int64 = 0

  /// Letters and digits alone count, in upper case: people leave the dash out and type small letters.
  static func normalized(_ code: ByteText) -> [UInt8] {
    code.utf8.compactMap { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 32
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
      default: nil
      }
    }
  }

  var json: JSON {
    let word =
      switch status {
      case .pending: "pending"
      case .approved: "approved"
      case .denied: "denied"
      case .redeemed: "redeemed"
      }
    return [
      "user_code": .string(userCode), "client_id": .string(client), "scopes": .array(scopes.map { .string($0) }),
      "status": JSON(word), "interval": JSON(interval), "issued": issued.json, "expires": expires.json,
      "gaps": .array(gaps.map(\.json)), "early_polls": JSON(earlyPolls), "pkce": .bool(challenge != nil),
    ]
  }
}

/// A browser's request at the authorization endpoint, waiting for a person (RFC 6749 §4.1.1).
struct AuthorizationRequest: Sendable {
  var client: ByteText
  var redirectURI: ByteText
  var scopes: [ByteText]
  var state: ByteText?
  var nonce: ByteText?
  var challenge: ByteText?
  var expires: Duration
}

/// A code on its way back to the client (RFC 6749 §4.1.2); good once, for a minute.
struct AuthorizationCode: Sendable {
  var request: AuthorizationRequest
  var user: ByteText
  var expires: Duration
  /// The session it was redeemed for: a second use revokes it.
  var session: Int?
}

/// All refresh tokens that descend from one login.
struct Session: Sendable {
  var user: ByteText
  var client: ByteText
  var scopes: [ByteText]
  var authenticated: WallTime
  var current: ByteText
  var used: Set<ByteText> = []
  var isRevoked = false
  var refreshes: Int64 = 0

  var json: JSON {
    [
      "user": .string(user), "client_id": .string(client), "revoked": .bool(isRevoked), "refreshes": JSON(refreshes),
    ]
  }
}
