import Model

/// Everything that shaped credentials. Two callers share them only if all of it is the same.
struct CredentialKey: Sendable {
  /// `login`, `file`, … : credentials of one kind of identity are never taken for another's.
  var source: String
  var session: SessionKey?
  /// SHA-256 of the caller's own token or credential where that is all that proves who asks.
  var proof: [UInt8]?
  /// Whether the signature of a pre-issued token is checked before it is used.
  var isSignatureChecked: Bool
  var subject: ByteText?
  var roleARN: ByteText
  var chain: [Link]
  var duration: CredentialDuration
  /// Its text, not its path: another content is another key.
  var policy: String?
  var policyARNs: [String]
  var endpoint: String
  var region: String
  var audience: ByteText?
  /// The SAML provider; nil for every other identity.
  var principalARN: ByteText?
  /// Nil where it follows from a token that is not there yet.
  var sessionName: String?
  /// What was checked before they were kept: what was kept without is not handed out to whoever wants it checked.
  var expectAccount: String?
  var expectRole: String?
  /// Where the token is not there to be looked at.
  var unasked: Unasked?
  /// False where nothing proves who asks.
  var mayBeKept = true

  /// A further role, with the text of the policy that its file holds.
  struct Link: Sendable {
    var step: ChainStep
    var policy: String?
  }

  /// What stands for a token that is minted only when something is to be bought.
  struct Unasked: Sendable {
    /// What tells one source from another where nothing proves who asks.
    var details: [String]
    var expectSubject: ByteText?
    var issuer: ByteText?
  }

  /// Written out value by value: file names are made of it.
  var fingerprint: Fingerprint {
    var fingerprint = Fingerprint()
    fingerprint.add("credentials")
    fingerprint.add(source)
    fingerprint.add(session?.fingerprint.encoded)
    fingerprint.add(proof)
    fingerprint.add(isSignatureChecked ? 1 : 0)
    fingerprint.add(subject)
    fingerprint.add(roleARN)
    fingerprint.add(chain) { $0.add($1) }
    switch duration {
    case .seconds(let seconds): fingerprint.add(seconds)
    case .maximum: fingerprint.add("max")
    }
    fingerprint.add(policy)
    fingerprint.add(policyARNs)
    fingerprint.add(endpoint)
    fingerprint.add(region)
    fingerprint.add(audience)
    fingerprint.add(sessionName)
    fingerprint.add(expectAccount)
    fingerprint.add(expectRole)
    if let principalARN { fingerprint.add(principalARN) }
    if let unasked {
      fingerprint.add(unasked.details)
      fingerprint.add(unasked.expectSubject)
      fingerprint.add(unasked.issuer)
    }
    return fingerprint
  }
}

extension Fingerprint {
  mutating func add(_ link: CredentialKey.Link) {
    let step = link.step
    add(step.roleARN)
    add(step.sessionName)
    add(step.duration)
    add(step.externalID)
    add(step.tags) {
      $0.add($1.key)
      $0.add($1.value)
    }
    add(step.transitiveTagKeys)
    add(step.sourceIdentity)
    add(link.policy)
    add(step.policyARNs)
  }
}
