import Formats
import Model
import OIDC

/// Carries out the actions of `DeviceGrant`: the only loop of a device login that knows a clock and a network.
struct DeviceLogin {
  let surroundings: Surroundings
  let presenter: any LoginPresenter
  /// Until when there must be a code; the polls then go on for as long as that lives.
  let codeDeadline: BootTime

  func run(_ grant: DeviceGrant) throws(Failure) -> TokenSet {
    let clocks = surroundings.clocks
    var grant = grant
    var end: BootTime?
    let began = clocks.boot()
    var requests = 0
    var queue = grant.step(.start)
    while true {
      guard !queue.isEmpty else { throw Failure(.bug, "the device grant came to a stop") }
      switch queue.removeFirst() {
      case .send(let request):
        requests += 1
        do throws(TransportFailure) {
          let request = end == nil ? surroundings.fitted(request, until: codeDeadline) : request
          let response = try surroundings.transport.send(request)
          queue += grant.step(.reply(response, now: clocks.boot(), wall: clocks.wall()))
        } catch {
          queue += grant.step(.transportFailed(error, now: clocks.boot()))
        }
      case .show(let authorization):
        end = authorization.deadline
        if authorization.completeURIWasRefused {
          surroundings.diagnostics.log(
            .warning, "the provider's verification_uri_complete leads elsewhere than its verification_uri; not shown")
        }
        try presenter.present(.code(LoginCode(authorization)))
      case .wait(let moment):
        try wait(until: moment, end: end)
        queue += grant.step(.timePassed(now: clocks.boot()))
      case .report(let progress):
        try presenter.present(LoginEvent(progress))
      case .finished(let tokens): return tokens
      case .failed(let error):
        let failure = Failure(error)
        guard end == nil, failure.kind == .unreachable else { throw failure }
        throw surroundings.given(failure, up: requests, since: began)
      }
    }
  }

  /// In slices of a second, so that a person sees the time pass and a machine that was suspended notices at once.
  private func wait(until moment: BootTime, end: BootTime?) throws(Failure) {
    while true {
      let now = surroundings.clocks.boot()
      guard now < moment else { return }
      if let end { presenter.waiting(end - now) }
      do {
        try surroundings.clocks.sleep(min(.seconds(1), moment - now))
      } catch {
        throw Failure(error)
      }
    }
  }
}

extension LoginCode {
  /// Everything a server sent is made harmless here, once, before anyone shows it.
  init(_ authorization: DeviceAuthorization) {
    self.init(
      verificationURI: authorization.verificationURI.text,
      verificationURIComplete: authorization.verificationURIComplete?.text,
      userCode: authorization.userCode.printable(limit: 128), expiresAt: authorization.expiresAt,
      interval: .seconds(authorization.interval))
  }
}

extension LoginEvent {
  init(_ progress: DeviceGrant.Progress) {
    switch progress {
    case .pending: self = .pending
    case .slowDown(let interval): self = .slowDown(interval: .seconds(interval))
    case .retrying(let reason, let delay): self = .retrying(reason: reason, delay: delay)
    }
  }
}
