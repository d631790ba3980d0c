import Model

/// Everything that shaped credentials. Two callers share them only if all of it is the same.
struct CredentialKey: Sendable {
  /// `login`, `file`, … : credentials of one kind of identity are never taken for another's.
  var source: String
  var session: SessionKey?
  /// SHA-256 of the caller's own token where that is all that proves who asks.
  var proof: [UInt8]?
  var subject: ByteText?
  var roleARN: String
  var chain: [ChainStep]
  var duration: CredentialDuration
  /// The policy's text, not its path: another content is another key.
  var policy: Secret?
  var policyARNs: [String]
  var endpoint: String
  var region: String
  var audience: ByteText?
  var sessionName: String

  var fingerprint: Fingerprint {
    var fingerprint = Fingerprint()
    fingerprint.add("credentials")
    fingerprint.add(source)
    fingerprint.add(session?.fingerprint.encoded)
    fingerprint.add(proof)
    fingerprint.add(subject)
    fingerprint.add(roleARN)
    fingerprint.add("\(chain)")
    fingerprint.add("\(duration)")
    fingerprint.add(policy?.exposedBytes())
    fingerprint.add(policyARNs)
    fingerprint.add(endpoint)
    fingerprint.add(region)
    fingerprint.add(audience)
    fingerprint.add(sessionName)
    return fingerprint
  }
}
