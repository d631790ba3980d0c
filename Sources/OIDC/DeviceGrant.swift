internal import Formats
public import Model

/// The device authorization grant (RFC 8628) as a value: time and answers come in as events, requests and waits go out
/// as actions. It knows no clock and no socket.
///
/// Feed `start` once. Then carry out the actions in order: after `send` comes `reply` or `transportFailed`; after
/// `wait` comes `timePassed`, which may be early or late. `finished` and `failed` are the last action; later events do
/// nothing. A new code is never asked for by itself.
public struct DeviceGrant: Sendable {
  public struct Configuration: Sendable {
    let deviceAuthorizationEndpoint: WebURL
    let tokenEndpoint: WebURL
    let client: ClientAuthentication
    let scopes: [String]
    let pkce: PKCE?
    let codeDeadline: BootTime

    /// - Parameters:
    ///   - pkce: used where the provider offers S256, which some enforce for this grant although RFC 8628 does not have
    ///     it.
    ///   - codeDeadline: until when a code is asked for; how long a person has is the provider's to say.
    public init(
      provider: ProviderMetadata, client: ClientAuthentication, scopes: [String], pkce: PKCE,
      codeDeadline: BootTime = BootTime(nanoseconds: .max)
    ) throws(DeviceGrantError) {
      guard let endpoint = provider.deviceAuthorizationEndpoint else { throw .noDeviceEndpoint }
      deviceAuthorizationEndpoint = endpoint
      tokenEndpoint = provider.tokenEndpoint
      self.client = client
      self.scopes = scopes
      self.pkce = provider.offersS256 ? pkce : nil
      self.codeDeadline = codeDeadline
    }
  }

  public enum Event: Sendable {
    case start
    /// `wall` is only for dates in the reply and for showing; nothing is scheduled by it.
    case reply(HTTPResponse, now: BootTime, wall: WallTime)
    case transportFailed(TransportFailure, now: BootTime)
    case timePassed(now: BootTime)
  }

  public enum Action: Sendable {
    case send(HTTPRequest)
    case show(DeviceAuthorization)
    case wait(until: BootTime)
    case report(Progress)
    case finished(TokenSet)
    case failed(DeviceGrantError)
  }

  public enum Progress: Sendable, Equatable {
    /// Nobody has approved yet. Once, with the code, and again when trouble is over.
    case pending
    /// The interval, in seconds, from now on.
    case slowDown(interval: Int64)
    case retrying(reason: String, in: Duration)
  }

  enum State {
    case idle
    case requesting(try: Int)
    case resting(try: Int, until: BootTime)
    case waiting(DeviceCode, until: BootTime)
    case polling(DeviceCode)
    case ended
  }

  let configuration: Configuration
  private var state = State.idle

  public init(_ configuration: Configuration) { self.configuration = configuration }

  public mutating func step(_ event: Event) -> [Action] {
    switch (state, event) {
    case (.idle, .start):
      state = .requesting(try: 1)
      return [.send(authorizationRequest)]

    case (.requesting(let count), .reply(let response, let now, let wall)):
      return authorized(response, try: count, now: now, wall: wall)
    case (.requesting(let count), .transportFailed(let failure, let now)):
      guard failure.isTransient else { return end(.transport(failure)) }
      return requestAgain(after: count, .transport(failure), now: now, retryAfter: nil)

    case (.resting(let count, let until), .timePassed(let now)):
      guard now >= until else { return [.wait(until: until)] }
      state = .requesting(try: count)
      return [.send(authorizationRequest)]

    case (.waiting(let code, let until), .timePassed(let now)):
      if now >= code.deadline { return end(code.expired) }
      guard now >= until else { return [.wait(until: until)] }
      state = .polling(code)
      return [.send(pollRequest(code, now: now))]

    case (.polling(var code), .reply(let response, let now, let wall)):
      let outcome = code.polled(
        response, wall: wall, asked: configuration.scopes, client: configuration.client)
      return carryOn(code, outcome, now: now)
    case (.polling(var code), .transportFailed(let failure, let now)):
      let outcome = code.failed(failure)
      return carryOn(code, outcome, now: now)

    // What does not belong to the state: a second start, a late reply, time that passes while an answer is awaited.
    default: return []
    }
  }

  private mutating func end(_ error: DeviceGrantError) -> [Action] {
    state = .ended
    return [.failed(error)]
  }

  // MARK: The device authorization request

  /// Tries of the first request. Nobody has seen a code yet, so an outage here is better told than waited out.
  private static let requestTries = 3

  private mutating func authorized(_ response: HTTPResponse, try count: Int, now: BootTime, wall: WallTime) -> [Action]
  {
    let retryAfter = response.retryAfter(wall)
    switch EndpointReply(response, sent: configuration.client.secrets) {
    case .success(let object):
      do throws(DeviceAuthorizationFault) {
        let answer = try DeviceAuthorizationResponse(object, now: now, wall: wall)
        let code = DeviceCode(answer)
        return [.show(answer.shown), .report(.pending)] + wait(code, gap: code.schedule.gap(), now: now)
      } catch {
        return end(.malformedAuthorization(error))
      }
    case .error(let error, let status):
      if EndpointReply.isTransient(status) || error.code == "slow_down" {
        return requestAgain(after: count, .refused(error), now: now, retryAfter: retryAfter)
      }
      return end(.of(error, asked: configuration.scopes))
    case .unavailable(let status):
      return requestAgain(after: count, .unavailable(status: status), now: now, retryAfter: retryAfter)
    case .unintelligible(let status) where (200..<300).contains(status):
      return requestAgain(after: count, .unintelligible(status: status), now: now, retryAfter: retryAfter)
    case .unintelligible(let status): return end(.unintelligible(status: status))
    case .redirect(let status): return end(.redirected(status: status))
    }
  }

  /// After 1 s, then 2 s, or what the server asks for up to 30 s; never past the deadline.
  private mutating func requestAgain(
    after count: Int, _ error: DeviceGrantError, now: BootTime, retryAfter: Int64?
  ) -> [Action] {
    let delay = Duration.seconds(max(Int64(count), min(retryAfter ?? 0, 30)))
    guard count < Self.requestTries, now + delay < configuration.codeDeadline else { return end(error) }
    state = .resting(try: count + 1, until: now + delay)
    return [.report(.retrying(reason: error.message, in: delay)), .wait(until: now + delay)]
  }

  // MARK: The polls

  private mutating func carryOn(_ code: DeviceCode, _ outcome: DeviceCode.Outcome, now: BootTime) -> [Action] {
    switch outcome {
    case .finished(let tokens):
      state = .ended
      return [.finished(tokens)]
    case .failed(let error): return end(error)
    case .again(let gap, let progress):
      if now >= code.deadline { return end(code.expired) }
      return (progress.map { [.report($0)] } ?? []) + wait(code, gap: gap, now: now)
    }
  }

  /// Never past the code's end, so that it is noticed when it comes.
  private mutating func wait(_ code: DeviceCode, gap: Duration, now: BootTime) -> [Action] {
    let until = min(now + gap, code.deadline)
    state = .waiting(code, until: until)
    return [.wait(until: until)]
  }
}
