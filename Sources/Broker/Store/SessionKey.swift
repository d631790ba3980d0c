public import Model

/// What a person's session belongs to: provider, client and scopes (and `session`), never a profile. Profiles that
/// agree in these share one login.
public struct SessionKey: Hashable, Sendable {
  public let issuer: ByteText
  public let clientID: ByteText
  /// Sorted, each once: the order of scopes has no meaning (RFC 6749 §3.3).
  public let scopes: [ByteText]
  /// `session` of the profile: keeps two people under one uid apart.
  public let label: ByteText?

  /// Nil unless the profile names a provider and a client.
  public init?(_ profile: Profile) {
    guard let issuer = profile.issuer, let clientID = profile.clientID else { return nil }
    self.issuer = issuer
    self.clientID = clientID
    let scopes = (profile.scopes ?? SessionKey.standardScopes).map { ByteText($0) }
    self.scopes = Set(scopes).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    label = profile.session.map { ByteText($0) }
  }

  /// What is asked for where `scopes` is not set; `offline_access` is added where the provider knows it.
  public static let standardScopes = ["openid", "profile", "email"]

  var fingerprint: Fingerprint {
    var fingerprint = Fingerprint()
    fingerprint.add("session")
    fingerprint.add(issuer)
    fingerprint.add(clientID)
    fingerprint.add(scopes)
    fingerprint.add(label)
    return fingerprint
  }
}
