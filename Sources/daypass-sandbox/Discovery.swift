import Formats
import Model

/// OpenID Connect Discovery 1.0 §3 and RFC 8414 §2; the key set of RFC 7517.
extension State {
  func discovery() -> Reply {
    switch behaviours[.discoveryRedirect] {
    case .bool(true)?: .redirect(302, to: place.url(.movedDiscovery))
    case .string(let target)?: .redirect(302, to: target.string)
    default: .json(200, discoveryDocument)
    }
  }

  var discoveryDocument: JSON {
    var members = metadata
    behaviours.apply(set: .discoverySet, omit: .discoveryOmit, to: &members)
    return .object(JSONObject(members))
  }

  /// The truth, which RFC 8414's document tells even where OpenID's has been changed.
  var metadata: [(String, JSON)] {
    [
      ("issuer", JSON(place.issuer)),
      ("authorization_endpoint", JSON(place.url(.authorize))),
      ("device_authorization_endpoint", JSON(place.url(.deviceAuthorization))),
      ("token_endpoint", JSON(place.url(.token))),
      ("revocation_endpoint", JSON(place.url(.revoke))),
      ("jwks_uri", JSON(place.url(.jwks))),
      ("scopes_supported", .array(cast.scopes.map { .string($0) })),
      ("response_types_supported", ["code"]),
      ("response_modes_supported", ["query"]),
      (
        "grant_types_supported",
        ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"]
      ),
      ("subject_types_supported", ["public"]),
      ("id_token_signing_alg_values_supported", .array(algorithms)),
      ("token_endpoint_auth_methods_supported", ["none", "client_secret_basic", "client_secret_post"]),
      ("code_challenge_methods_supported", ["S256"]),
      (
        "claims_supported",
        ["iss", "sub", "aud", "azp", "exp", "iat", "auth_time", "nonce", "at_hash", "email", "email_verified", "name"]
      ),
      ("authorization_response_iss_parameter_supported", true),
    ]
  }

  private var algorithms: [JSON] {
    var seen: [String] = []
    for key in keys where !seen.contains(key.algorithm.rawValue) { seen.append(key.algorithm.rawValue) }
    return seen.map { JSON($0) }
  }

  func keySet() -> Reply {
    var omitted: [String] = []
    switch behaviours.text(.jwks) {
    case "hang":
      var reply = Reply(status: 200)
      reply.delivery = .hang
      return reply
    case "404": return .notFound()
    case "html": return .html(200, "<!DOCTYPE html><title>Keys</title><p>Not here.</p>")
    case "huge":
      let filler = JSON(String(repeating: "A", count: 8 << 20))
      return .json(200, ["keys": .array(keys.map { .object(JSONObject($0.jwk)) }), "filler": filler])
    case "empty": return .json(200, ["keys": []])
    case "bare": omitted = ["alg", "use"]
    case "no_kid": omitted = ["kid"]
    default: break
    }
    let published = keys.map { key in
      JSON.object(JSONObject(key.jwk.filter { member in !omitted.contains(member.0) }))
    }
    return .json(200, ["keys": .array(published)])
  }
}
