public import Formats
public import Model
import OIDC

/// Answers that are kept for the front, each under a digest of what was asked (docs/decisions/0016). They are copies:
/// whatever becomes of them, nothing is lost.
extension CredentialBroker {
  /// While these credentials are what a call prints that wants `minimumTTL` seconds left: until one of the two windows
  /// is reached. Nil where that is so already.
  public func window(of lease: Lease, minimumTTL: Int64) -> FrontEntry.Window? {
    let (wall, boot) = (surroundings.clocks.wall(), surroundings.clocks.boot())
    let left = lease.secondsLeft(surroundings)
    let floor = max(Windows.renewal(ofLifetime: lease.lifetime), minimumTTL)
    guard left <= lease.lifetime, left > floor else { return nil }
    return FrontEntry.Window(from: wall, boot, for: left - floor)
  }

  /// The same of an ID token. One whose signature is checked each time is no answer to keep.
  public func window(of identity: Identity, minimumTTL: Int64) -> FrontEntry.Window? {
    let (wall, boot) = (surroundings.clocks.wall(), surroundings.clocks.boot())
    let left: Int64
    switch identity {
    case .person(let session): left = session.record.secondsLeft(until: session.identity.expiration, surroundings)
    case .preissued, .saml: return nil
    }
    let floor = max(minimumTTL, 1)
    guard left > floor else { return nil }
    return FrontEntry.Window(from: wall, boot, for: left - floor)
  }

  /// Seals an answer with the key that its data were sealed with.
  ///
  /// - Parameters:
  ///   - question: what the front makes its digest of.
  ///   - files: all that was read for it.
  ///   - machine: the files that say which machine this is; they count where the key is bound to it.
  ///   - areAsSeen: whether files still are what they were.
  public func leave(
    _ output: Secret, asAnswerTo question: [UInt8], madeOf files: [SeenFile], for window: FrontEntry.Window,
    machine: () -> [SeenFile]?, areAsSeen: ([SeenFile]) -> Bool
  ) {
    guard isMadeOfFiles, output.count <= FrontEntry.outputLimit, let reference = surroundings.openedKey.reference else {
      return
    }
    var files = files
    if reference.place == .keyring {
      guard let machine = machine() else { return }
      files += machine
    }
    var encoded = output.withBytes { FrontEntry(window: window, files: files).encoded(output: $0) }
    let plaintext = Secret(encoded)
    for index in encoded.indices { encoded[index] = 0 }
    let digest = surroundings.cryptography.digest(.sha256, question)
    let sealed = SealedStore(surroundings, profile.store)
    // Room for the line, nonce and tag.
    guard plaintext.count <= FrontEntry.sizeLimit - 256, let key = try? sealed.keys.reachable(reference) else { return }
    FrontAnswers.makeRoom(surroundings)
    let name = FrontEntry.prefix + Hexadecimal.encode(digest.prefix(20))
    try? sealed.write(plaintext, to: name, kind: .front, under: key, in: nil)
    // A logout that came meanwhile has looked for answers before this one was there.
    if !areAsSeen(files) { try? surroundings.state?.remove(name) }
  }

  /// Whether who asks is settled by files: a person's session, or a token file that the settings name. Other sources
  /// look at more than a stamp can stand for.
  private var isMadeOfFiles: Bool {
    guard let source = try? IdentitySource.select(profile, surroundings) else { return false }
    switch source.kind {
    case .login: return true
    case .token(let plan):
      guard source.name == "file", case .file = plan.place else { return false }
      return true
    case .saml: return false
    }
  }
}

enum FrontAnswers {
  /// More ways to ask than anybody has.
  private static let limit = 64

  /// Deletes all of them, as far as that can be done.
  static func forget(_ surroundings: Surroundings) throws(Failure) {
    guard surroundings.state != nil else { return }
    var problem: Failure?
    for name in try names(surroundings) {
      do throws(Failure) {
        guard try surroundings.readState(name) != nil else { continue }
        try surroundings.inState { (state) throws(StateFailure) in try state.remove(name) }
      } catch {
        problem = error
      }
    }
    if let problem { throw problem }
  }

  /// Begins anew where there are too many: no name says when it was used last.
  static func makeRoom(_ surroundings: Surroundings) {
    guard let names = try? names(surroundings), names.count >= limit else { return }
    for name in names { try? surroundings.state?.remove(name) }
  }

  private static func names(_ surroundings: Surroundings) throws(Failure) -> [String] {
    try surroundings.inState { (state) throws(StateFailure) in try state.names() }.filter {
      $0.hasPrefix(FrontEntry.prefix) && $0.utf8.count == FrontEntry.prefix.utf8.count + 40
    }
  }
}
