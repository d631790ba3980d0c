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

  /// Seals an answer with the key that its data were sealed with. One that says the same already stays: the front only
  /// could not give it just then.
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
    let entry = FrontEntry(window: window, files: files)
    let plaintext = entry.encoded(output: output)
    let digest = surroundings.cryptography.digest(.sha256, question)
    let sealed = SealedStore(surroundings, profile.store)
    // Room for the line, nonce and tag.
    guard plaintext.count <= FrontEntry.sizeLimit - 256, let key = try? sealed.keys.reachable(reference) else { return }
    let name = FrontEntry.prefix + Hexadecimal.encode(digest.prefix(20))
    let kept = try? surroundings.state?.read(name)
    if case .present(let bytes)? = kept, opened(bytes, name, key, { $0.stands(for: entry, output: output) }) { return }
    if kept == .absent { FrontAnswers.makeRoom(surroundings) }
    try? sealed.write(plaintext, to: name, kind: .front, under: key, in: nil)
    // A logout that came meanwhile has looked for answers before this one was there.
    if !areAsSeen(files) { try? surroundings.state?.remove(name) }
  }

  /// What is said of an answer that is there; false where none can be read.
  private func opened(
    _ bytes: [UInt8], _ name: String, _ key: SealingKey, _ judge: (FrontEntryReader) -> Bool
  ) -> Bool {
    guard case .sealed(let file) = SealedFile.read(bytes, kind: .front), file.key == key.reference,
      let plaintext = file.open(key, name: name, surroundings.cryptography)
    else { return false }
    return plaintext.withBytes { FrontEntryReader($0).map(judge) ?? false }
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

  /// Deletes the oldest ones until there is room for one more: they are the first that are useless, if they are not so
  /// already.
  static func makeRoom(_ surroundings: Surroundings) {
    guard let names = try? names(surroundings), names.count >= limit else { return }
    let aged = names.map { name -> (name: String, at: (Int64, Int64)) in
      let stamp = (try? surroundings.state?.stamp(of: name)) ?? nil
      return (name, (stamp?.modifiedSeconds ?? .min, stamp?.modifiedNanoseconds ?? 0))
    }
    for oldest in aged.sorted(by: { $0.at < $1.at }).prefix(names.count - limit + 1) {
      try? surroundings.state?.remove(oldest.name, .fleeting)
    }
  }

  private static func names(_ surroundings: Surroundings) throws(Failure) -> [String] {
    try surroundings.inState { (state) throws(StateFailure) in try state.names() }.filter {
      $0.hasPrefix(FrontEntry.prefix) && $0.utf8.count == FrontEntry.prefix.utf8.count + 40
    }
  }
}
