import Formats
import Model

/// What can be changed about the sandbox, at start (`--set`) and while it runs (`POST /_control/behaviour`).
enum Behaviour: String, CaseIterable, Sendable {
  case expiresIn = "expires_in"
  case interval
  case algorithm = "alg"
  case idTokenLifetime = "id_token_lifetime"
  case accessTokenLifetime = "access_token_lifetime"
  case rotateRefresh = "rotate_refresh"
  case reuseLeeway = "reuse_leeway"
  case requirePKCE = "require_pkce"
  case autoApprove = "auto_approve"
  case slowDown = "slow_down"
  case slowDownInterval = "slow_down_interval"
  case lenientPolling = "lenient_polling"
  case pollError = "poll_error"
  case refreshError = "refresh_error"
  case expiredError = "expired_error"
  case discoverySet = "discovery_set"
  case discoveryOmit = "discovery_omit"
  case discoveryRedirect = "discovery_redirect"
  case jwks
  case deviceSet = "device_set"
  case deviceOmit = "device_omit"
  case verificationURL = "verification_url"
  case tokenSet = "token_set"
  case tokenOmit = "token_omit"
  case tokenRedirect = "token_redirect"
  case refreshSet = "refresh_set"
  case refreshOmit = "refresh_omit"
  case idToken = "id_token"
  case claimsSet = "claims_set"
  case claimsOmit = "claims_omit"
  case headerSet = "header_set"
  case credentialsLifetime = "credentials_lifetime"
  case sts
  case stsError = "sts_error"
  case latency = "latency_ms"

  var meaning: String {
    switch self {
    case .expiresIn: "seconds a device code lives (600)"
    case .interval: "seconds between polls (5)"
    case .algorithm: "RS256 and the others; a change makes a new key"
    case .idTokenLifetime: "seconds (3600)"
    case .accessTokenLifetime: "seconds (3600)"
    case .rotateRefresh: "true: each refresh token is good once; a second use revokes the session"
    case .reuseLeeway: "true: a refresh token that was good once is answered again, as by providers with a grace period"
    case .requirePKCE: "true: a device request without code_challenge is refused"
    case .autoApprove: "a user who approves everything at once"
    case .slowDown: "so many polls are answered slow_down, +5 s each"
    case .slowDownInterval: "any value, sent as interval with each slow_down"
    case .lenientPolling: "true: early polls are counted but not answered slow_down"
    case .pollError: "{error, description, status, count}: polls are answered so"
    case .refreshError: "{error, description, status, count}: refreshes are answered so"
    case .expiredError: "what an expired device code is called (expired_token)"
    case .discoverySet: "members put into the discovery document"
    case .discoveryOmit: "members left out of the discovery document"
    case .discoveryRedirect: "true: 302 to the same origin; a URL: 302 there"
    case .jwks: "hang, huge, 404, html, bare (no alg, no use), no_kid, empty"
    case .deviceSet: "members put into the device authorization reply"
    case .deviceOmit: "members left out of it"
    case .verificationURL: "true: verification_url instead of verification_uri, as Google spells it"
    case .tokenSet: "members put into the reply to a device or authorization code"
    case .tokenOmit: "members left out of it"
    case .tokenRedirect: "true: 307 to the same origin; a URL: 307 there"
    case .refreshSet: "members put into the reply to a refresh"
    case .refreshOmit: "members left out of it"
    case .idToken:
      "a forgery: \(IDTokenForgery.allCases.map(\.rawValue).joined(separator: ", "))"
    case .claimsSet: "claims put into ID tokens; \"now+60\" and \"now-60\" become times"
    case .claimsOmit: "claims left out of ID tokens"
    case .headerSet: "members put into the ID token's header"
    case .credentialsLifetime: "seconds that credentials live, whatever was asked for"
    case .sts: "a lie in the reply: \(STSLie.allCases.map(\.rawValue).joined(separator: ", "))"
    case .stsError: "{code, message, status, count}: STS calls are answered so"
    case .latency: "milliseconds before each answer, or {endpoint: milliseconds}"
    }
  }
}

struct Behaviours: Sendable {
  private var values: [Behaviour: JSON] = [:]

  subscript(_ behaviour: Behaviour) -> JSON? {
    get { values[behaviour] }
    set { values[behaviour] = newValue == .null ? nil : newValue }
  }

  func isOn(_ behaviour: Behaviour) -> Bool { values[behaviour]?.bool == true }
  func text(_ behaviour: Behaviour) -> String? { values[behaviour]?.text?.string }
  func seconds(_ behaviour: Behaviour, default fallback: Int64) -> Int64 { values[behaviour]?.integer ?? fallback }

  /// Members set and left out, in that order.
  func apply(set: Behaviour, omit: Behaviour, to members: inout [(String, JSON)]) {
    for member in values[set]?.object?.members ?? [] { members.put(member.key.string, member.value) }
    for name in values[omit]?.array ?? [] { members.remove(name.text?.string ?? "") }
  }

  /// Counts one down; true while there was something to count. Without a count it never ends.
  mutating func take(_ behaviour: Behaviour) -> JSONObject? {
    guard var object = values[behaviour]?.object else { return nil }
    if let count = object["count"]?.integer {
      guard count > 0 else { return nil }
      for index in object.members.indices where object.members[index].key == "count" {
        object.members[index].value = JSON(count - 1)
      }
      values[behaviour] = .object(object)
    }
    return object
  }

  var json: JSON {
    .object(JSONObject(Behaviour.allCases.compactMap { key in values[key].map { (key.rawValue, $0) } }))
  }
}

extension [(String, JSON)] {
  mutating func put(_ name: String, _ value: JSON) {
    if let index = firstIndex(where: { $0.0.utf8.elementsEqual(name.utf8) }) {
      self[index].1 = value
    } else {
      append((name, value))
    }
  }

  mutating func remove(_ name: String) { removeAll { $0.0.utf8.elementsEqual(name.utf8) } }
}
