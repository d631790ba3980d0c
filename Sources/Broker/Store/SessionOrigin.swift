import Formats
import Model

/// What a session belongs to, and what it takes to revoke it when no profile is configured for it any more. Kept sealed
/// with it: its file's name is only a digest of this.
struct SessionOrigin: Sendable, Hashable {
  var issuer: ByteText
  var clientID: ByteText
  var scopes: [ByteText]
  var label: ByteText?
  /// Paths, where they are absolute: others lead elsewhere tomorrow.
  var clientSecretFile: String?
  var caFile: String?

  init(_ key: SessionKey, _ profile: Profile) {
    issuer = key.issuer
    clientID = key.clientID
    scopes = key.scopes
    label = key.label
    clientSecretFile = profile.clientSecretFile.flatMap { $0.hasPrefix("/") ? $0 : nil }
    caFile = profile.caFile.flatMap { $0.hasPrefix("/") ? $0 : nil }
  }

  /// A profile as it must have been, with `other`'s way of keeping things.
  func profile(like other: Profile) -> Profile {
    var profile = Profile(name: other.name)
    profile.issuer = issuer
    profile.clientID = clientID
    profile.scopes = scopes.map(\.string)
    profile.session = label?.string
    profile.clientSecretFile = clientSecretFile
    profile.caFile = caFile ?? other.caFile
    profile.store = other.store
    return profile
  }
}

extension SessionOrigin {
  var members: [(String, JSON)] {
    var members: [(String, JSON)] = [
      ("issuer", .string(issuer)), ("client_id", .string(clientID)), ("scopes", .array(scopes.map(JSON.string))),
    ]
    if let label { members.append(("session", .string(label))) }
    if let clientSecretFile { members.append(("client_secret_file", JSON(clientSecretFile))) }
    if let caFile { members.append(("ca_file", JSON(caFile))) }
    return members
  }

  init?(_ object: JSONObject) {
    guard let issuer = object["issuer"]?.text, let clientID = object["client_id"]?.text,
      let scopes = object["scopes"]?.array
    else { return nil }
    self.issuer = issuer
    self.clientID = clientID
    self.scopes = scopes.compactMap(\.text)
    label = object["session"]?.text
    clientSecretFile = object["client_secret_file"]?.text?.string
    caFile = object["ca_file"]?.text?.string
  }
}
