import Model
import OIDC

/// What is known of who asks before anybody is asked: what credentials are kept under. The same before a token is
/// minted and after, so that who comes next finds what was bought without minting one.
struct Caller {
  let source: IdentitySource
  var session: SessionKey?
  /// SHA-256 of what only this caller has and of what it asks for, where no session proves who asks.
  var proof: [UInt8]?
  /// Nil where it is known only when somebody was asked. The proof then stands for it.
  var subject: ByteText?
  /// What to call the session; nil where it is not known yet.
  var label: String?
  /// Whether subject and label are known without asking anybody.
  let isKnown: Bool

  var isPerson: Bool { source.isLogin }

  /// Whether what is bought may be kept on disk.
  var mayBeKept: Bool { isPerson || proof != nil }

  init(_ identity: Identity, source: IdentitySource, _ cryptography: any Cryptography) {
    self.init(source, shown: identity.proof, cryptography)
    if case .person(let session) = identity { self.session = session.key }
    if isKnown { subject = identity.subject }
    label = identity.label
  }

  /// One whose source has not been asked.
  init(_ source: IdentitySource, _ cryptography: any Cryptography) { self.init(source, shown: nil, cryptography) }

  /// - Parameter shown: what the STS is shown, where it is there.
  private init(_ source: IdentitySource, shown: Secret?, _ cryptography: any Cryptography) {
    self.source = source
    isKnown = source.isLogin || source.isAtHand
    func digest(_ secret: Secret) -> [UInt8] { cryptography.digest(.sha256, secret.exposedBytes()) }
    let plan: TokenPlan
    switch source.kind {
    case .login: return
    case .saml:
      proof = shown.map(digest)
      return
    case .token(let token): plan = token
    }
    switch plan.proof {
    case .token: proof = shown.map(digest)
    case .credential(let credential):
      proof = digest(credential)
      // An agent's credential can be the same for all its jobs: then what is asked for tells them apart.
      if case .service(let service) = plan.place {
        var asked = Fingerprint()
        asked.add(service.request.method.rawValue)
        asked.add(service.request.url)
        asked.add(service.request.body.map(digest))
        proof = proof.map { cryptography.digest(.sha256, $0 + asked.encoded) }
      }
    case .none: proof = nil
    }
  }
}
