public import Model
import Formats
import OIDC

/// `daypass login`: a person's approval becomes a session on disk, and credentials where a role is known.
public struct LoginFlow {
  let surroundings: Surroundings
  let profile: Profile
  let presenter: any LoginPresenter
  let listen: () throws(CallbackFailure) -> any CallbackListener

  public init(
    _ surroundings: Surroundings, profile: Profile, presenter: any LoginPresenter,
    listen: @escaping () throws(CallbackFailure) -> any CallbackListener
  ) {
    self.surroundings = surroundings
    self.profile = profile
    self.presenter = presenter
    self.listen = listen
  }

  /// What a login left behind, for the closing words.
  public struct Outcome: Sendable {
    public var session: StoredSession
    public var lease: Lease?

    public init(session: StoredSession, lease: Lease?) {
      self.session = session
      self.lease = lease
    }
  }

  /// - Parameter stored: called when the session is kept and said, before anything is bought with it: that may fail.
  public func run(stored: (StoredSession) -> Void = { _ in }) throws(Failure) -> Outcome {
    let key = try LoginFlow.sessionKey(profile)
    let keeper = try SessionKeeper(surroundings, profile: profile)
    // Nobody shall approve a login whose credentials cannot be asked for.
    if let notice = try buyer?.checkSettings() { surroundings.diagnostics.log(.warning, notice) }
    let turn = LoginTurn(
      surroundings: surroundings, keeper: keeper, presenter: presenter, patience: profile.timeout ?? .seconds(60))
    let session: StoredSession
    let demand: CredentialBroker.Demand
    switch try turn.take() {
    case .mine(let hold):
      // Others see the end of it when the session is there, before anything is bought with it.
      defer { hold.end() }
      session = try login(key, keeper.store, hold)
      demand = .anew
    case .others(let others):
      try SubjectExpectation(profile).check(others.identity.subject)
      session = others
      demand = .atLeast(0)
    }
    try presenter.present(.authorized(session.identity))
    stored(session)
    guard let buyer else { return Outcome(session: session, lease: nil) }
    let lease = try buyer.lease(demand, until: soon)
    try presenter.present(.credentials(lease))
    return Outcome(session: session, lease: lease)
  }

  /// Buys with the login's own identity, whatever else is configured or detected; nil without a role.
  private var buyer: CredentialBroker? {
    guard profile.roleARN != nil else { return nil }
    var person = profile
    person.source = .named("login")
    return CredentialBroker(surroundings, profile: person)
  }

  private func login(_ key: SessionKey, _ store: SessionStore, _ hold: LoginHold) throws(Failure) -> StoredSession {
    // Nobody shall approve a login that cannot be kept.
    let place = try store.prepare()
    let provider = Provider(surroundings, profile, key)
    let startedAt = surroundings.clocks.wall()
    let deadline = soon
    let metadata = try provider.metadata(
      needs: profile.method == .device ? [.deviceAuthorization] : [], until: deadline)
    var (tokens, nonce): (TokenSet, ByteText?)
    do throws(Failure) {
      (tokens, nonce) = try authorize(
        provider, metadata, PublishingPresenter(presenter, hold, surroundings.clocks), until: deadline)
    } catch {
      hold.refused(error)
      throw error
    }
    var subject: ByteText?
    let session: StoredSession
    let replaced: SessionRecord?
    do throws(Failure) {
      var (record, identity) = try self.session(
        of: &tokens, nonce: nonce, startedAt: startedAt, provider: provider, metadata: metadata)
      subject = identity.subject
      record.origin = SessionOrigin(key, profile)
      try SubjectExpectation(profile).check(identity.subject)
      let kept = try keep(record, in: store, place)
      session = StoredSession(record, identity, kept.reference, key)
      replaced = kept.replaced
    } catch {
      // What was approved is nobody's now.
      if let unused = tokens.refreshToken { provider.discard(unused, of: subject, metadata) }
      throw error
    }
    if let replaced, let unused = replaced.refreshToken, unused != session.record.refreshToken {
      provider.discard(unused, of: replaced.subject, metadata)
    }
    if place.earlier?.refreshGivesIDToken == false, session.canRefresh {
      surroundings.diagnostics.log(
        .warning,
        "this provider gave no ID token at the last refresh: without one the session ends at "
          + "\(RFC3339.format(session.identity.expiration)); have it issue longer ID tokens, or one at each refresh")
    }
    return session
  }

  /// Whoever refreshes the earlier session is waited for, so that it does not put that one back; but what a person has
  /// approved is not lost for one that hangs, nor for a lock that cannot be had.
  private func keep(
    _ record: SessionRecord, in store: SessionStore, _ place: SessionStore.Place
  ) throws(Failure) -> (reference: KeyReference, replaced: SessionRecord?) {
    let lock: (any StateLock)?
    do throws(Failure) {
      lock = try store.lock(until: surroundings.clocks.boot() + .seconds(20))
    } catch {
      guard error.kind == .busy || error.kind == .output else { throw error }
      surroundings.diagnostics.log(.warning, "\(error.message); storing the new session all the same")
      lock = nil
    }
    defer { lock?.unlock() }
    // Read anew: its refresh token may be another one since the login began.
    var replaced: SessionRecord?
    if case .session(let earlier, _)? = try? store.read() { replaced = earlier }
    let reference = try store.write(record, in: place)
    store.failures.forget()
    CredentialCache.forgetFailures(boughtWith: store.name, surroundings)
    return (reference, replaced)
  }

  static func sessionKey(_ profile: Profile) throws(Failure) -> SessionKey {
    if let key = SessionKey(profile) { return key }
    if let failure = profile.lacksSection("no provider to log in at") { throw failure }
    let missing = profile.issuer == nil ? ProfileKey.issuer : .clientID
    throw Failure(
      .configuration, "\(missing.rawValue) is not set for profile \(profile.name.printable()), which a login needs",
      hint: profile.issuer == nil
        ? "set it in the config file, with --issuer or DAYPASS_ISSUER"
        : "set it in the config file, with --client-id or DAYPASS_CLIENT_ID")
  }

  /// For what comes before and after the person's own time.
  private var soon: BootTime { surroundings.clocks.boot() + (profile.timeout ?? .seconds(60)) }

  private func authorize(
    _ provider: Provider, _ metadata: ProviderMetadata, _ presenter: any LoginPresenter, until deadline: BootTime
  ) throws(Failure) -> (TokenSet, nonce: ByteText?) {
    let client = try provider.client(metadata)
    let scopes = profile.scopes ?? metadata.defaultScopes
    let pkce = PKCE(random: try random(32), cryptography: surroundings.cryptography)
    switch profile.method {
    case .device:
      let grant: DeviceGrant
      do throws(DeviceGrantError) {
        grant = DeviceGrant(
          try DeviceGrant.Configuration(
            provider: metadata, client: client, scopes: scopes, pkce: pkce, codeDeadline: deadline))
      } catch {
        throw Failure(error)
      }
      let login = DeviceLogin(surroundings: surroundings, presenter: presenter, codeDeadline: deadline)
      return (try login.run(grant), nil)
    case .browser:
      let listener: any CallbackListener
      do throws(CallbackFailure) { listener = try listen() } catch { throw Failure(error) }
      let grant: AuthorizationCodeGrant
      let (state, nonce) = (try random(32), try random(32))
      do throws(AuthorizationCodeError) {
        grant = try AuthorizationCodeGrant(
          provider: metadata, client: client, scopes: scopes, pkce: pkce, port: listener.port, state: state,
          nonce: nonce)
      } catch {
        throw Failure(error)
      }
      let login = BrowserLogin(surroundings: surroundings, presenter: presenter, listener: listener)
      return (try login.run(grant, provider), grant.nonce)
    }
  }

  /// Some providers give the ID token only with the first refresh; asking at once costs nothing and nobody's time.
  ///
  /// - Parameter tokens: afterwards with the refresh token that is good now.
  private func session(
    of tokens: inout TokenSet, nonce: ByteText?, startedAt: WallTime, provider: Provider, metadata: ProviderMetadata
  ) throws(Failure) -> (SessionRecord, VerifiedIdentity) {
    var nonce = nonce
    var rotated: Bool?
    if tokens.idToken == nil, let refreshToken = tokens.refreshToken {
      surroundings.diagnostics.log(.info, "the provider sent no ID token; asking for one with the refresh token")
      let client = try provider.client(metadata)
      let redemption: Redemption
      do throws(RedemptionProblem) {
        redemption = try provider.redeem(refreshToken, metadata, client: client, mayRepeat: false, until: soon)
      } catch {
        throw error.failure
      }
      tokens = redemption.tokens
      tokens.refreshToken = redemption.keep
      rotated = redemption.wasRotated
      nonce = nil
    }
    guard let idToken = tokens.idToken else {
      throw Failure(
        .malformed, "the provider sent no id_token",
        hint: "scopes must contain openid, and the client must be allowed it")
    }
    let identity = try provider.verify(
      idToken, metadata, accessToken: tokens.accessToken, nonce: nonce, requestedAt: startedAt, until: soon)
    let now = surroundings.clocks.wall()
    var record = SessionRecord(idToken: idToken, refreshToken: tokens.refreshToken, loggedInAt: now)
    record.take(idToken, until: identity.expiration, surroundings)
    record.takeRefreshEnd(in: tokens.refreshExpiresIn, surroundings)
    record.rotates = rotated
    // The first refresh, where there was one already.
    record.refreshGivesIDToken = rotated.map { _ in true }
    return (record, identity)
  }

  private func random(_ count: Int) throws(Failure) -> [UInt8] {
    do {
      return try surroundings.cryptography.randomBytes(count)
    } catch {
      throw Failure(error)
    }
  }
}
