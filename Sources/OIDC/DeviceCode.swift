internal import Formats
internal import Model

/// A code that waits for approval: what is known of it between polls.
struct DeviceCode: Sendable {
  enum Outcome {
    case finished(TokenSet)
    case failed(DeviceGrantError)
    /// Another poll after this gap.
    case again(Duration, DeviceGrant.Progress?)
  }

  let secret: Secret
  let deadline: BootTime
  private(set) var schedule: PollSchedule
  /// Said with the code.
  private var pendingIsKnown = true
  /// The last poll may have been answered with tokens that did not arrive.
  private var answerMayBeLost = false
  private var unintelligibleAnswers = 0
  private var trouble: String?

  init(_ answer: DeviceAuthorizationResponse) {
    secret = answer.deviceCode
    deadline = answer.shown.deadline
    schedule = PollSchedule(interval: answer.shown.interval)
  }

  var expired: DeviceGrantError { .codeExpired(trouble: trouble) }

  mutating func polled(
    _ response: HTTPResponse, wall: WallTime, asked: [String], client: ClientAuthentication
  ) -> Outcome {
    let retryAfter = response.retryAfter(wall)
    switch EndpointReply(response, sent: [secret] + client.secrets) {
    case .success(let object):
      do throws(TokenResponseError) { return .finished(try TokenSet(object)) } catch {
        return .failed(.malformedTokens(error))
      }
    case .error(let error, let status):
      return refused(error, status: status, asked: asked, retryAfter: retryAfter, stated: response.fields?["interval"])
    case .redirect(let status): return .failed(.pollRedirected(status: status))
    case .unavailable(let status):
      answerMayBeLost = true
      return retry(.unavailable(status: status), retryAfter: retryAfter)
    case .unintelligible(let status): return unintelligible(status, retryAfter: retryAfter)
    }
  }

  mutating func failed(_ failure: TransportFailure) -> Outcome {
    switch failure {
    case .timedOut, .broken: answerMayBeLost = true
    // A person may be approving: what this machine is short of now it may have at the next poll.
    case .exhausted: break
    default: guard failure.isTransient else { return .failed(.transport(failure)) }
    }
    return retry(.transport(failure), retryAfter: nil)
  }

  /// RFC 8628 §3.5, and what providers say instead.
  private mutating func refused(
    _ error: OAuthError, status: Int, asked: [String], retryAfter: Int64?, stated: JSON?
  ) -> Outcome {
    switch error.code {
    case "authorization_pending":
      answered()
      let isNews = !pendingIsKnown
      pendingIsKnown = true
      return .again(schedule.gap(retryAfter: retryAfter), isNews ? .pending : nil)
    case "slow_down":
      answered()
      var seconds: Int64?
      if case .seconds(let value)? = stated.map(StatedSeconds.init) { seconds = value }
      schedule.slowDown(stated: seconds)
      return .again(schedule.gap(retryAfter: retryAfter), .slowDown(interval: schedule.interval))
    // Auth0 says expired_token once and invalid_grant from then on; to a code whose tokens were sent, everyone says it.
    case "invalid_grant" where answerMayBeLost: return .failed(.answerLost)
    case "invalid_grant": return .failed(expired)
    default:
      let meaning = DeviceGrantError.of(error, asked: asked)
      // A code nobody knows with a status that says "later" is an overloaded server's own word.
      guard case .refused = meaning, EndpointReply.isTransient(status) else { return .failed(meaning) }
      answerMayBeLost = true
      return retry(meaning, retryAfter: retryAfter)
    }
  }

  /// A page from a proxy (2xx) is an outage like any other. A 4xx without an OAuth error may be a deployment in
  /// progress, or a server's way to refuse for good (Glewlwyd: 400 with an empty body), so it is tried again only this
  /// often in a row.
  private static let unintelligibleRefusals = 4

  private mutating func unintelligible(_ status: Int, retryAfter: Int64?) -> Outcome {
    answerMayBeLost = true
    if status >= 400 {
      unintelligibleAnswers += 1
      if unintelligibleAnswers >= Self.unintelligibleRefusals { return .failed(.unintelligible(status: status)) }
    }
    return retry(.unintelligible(status: status), retryAfter: retryAfter)
  }

  private mutating func retry(_ error: DeviceGrantError, retryAfter: Int64?) -> Outcome {
    schedule.failed()
    pendingIsKnown = false
    trouble = error.message
    let gap = schedule.gap(retryAfter: retryAfter)
    return .again(gap, .retrying(reason: error.message, in: gap))
  }

  /// The provider answered in its own words: the code still waits, so no answer was lost.
  private mutating func answered() {
    schedule.answered()
    answerMayBeLost = false
    unintelligibleAnswers = 0
    trouble = nil
  }
}

extension DeviceGrantError {
  /// What an error that ends the login means. Beside RFC 8628 §3.5: `authorization_declined` and
  /// `bad_verification_code` are Microsoft's, `incorrect_device_code` is GitHub's, `code_expired` other providers'.
  static func of(_ error: OAuthError, asked: [String]) -> DeviceGrantError {
    switch error.code {
    case "access_denied", "authorization_declined": .denied
    case "expired_token", "code_expired", "bad_verification_code", "incorrect_device_code": .codeExpired(trouble: nil)
    case "invalid_scope": .invalidScope(error, asked: asked)
    default: .refused(error)
    }
  }
}
