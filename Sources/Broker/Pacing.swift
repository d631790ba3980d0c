import Formats
import Model
import STS

/// Sending within a caller's deadline, and resting between tries: the only places where a conversation here waits.
extension Surroundings {
  /// Tries of one request to an identity provider.
  static let providerTries = 3

  /// The request with its timeout cut to what is left.
  func fitted(_ request: HTTPRequest, until deadline: BootTime) -> HTTPRequest {
    var request = request
    request.timeout = max(.milliseconds(1), min(request.timeout, deadline - clocks.boot()))
    return request
  }

  func send(_ request: HTTPRequest, until deadline: BootTime) throws(ExchangeFailure) -> HTTPResponse {
    do throws(TransportFailure) {
      return try transport.send(fitted(request, until: deadline))
    } catch {
      throw .transport(error)
    }
  }

  /// Waits until another try at the STS is due; false where none is.
  func rested(
    after attempt: Int, failedWith failure: ExchangeFailure, until deadline: BootTime
  ) throws(Failure) -> Bool {
    guard
      let delay = Retry.delay(
        after: attempt, failedWith: failure, random: random, remaining: deadline - clocks.boot())
    else { return false }
    diagnostics.log(.info, "\(failure.message); trying again")
    do throws(Interrupted) { try clocks.sleep(delay) } catch { throw Failure(error) }
    return true
  }

  /// Waits until another try at a provider is due; false where none is. 1 to 2 s after the first, 2 to 4 s after the
  /// second: half of it by chance, so that many that failed together do not come back together. No earlier than the server
  /// asks for.
  ///
  /// - Parameter retryAfter: seconds, as the server said.
  func rested(
    after attempt: Int, because reason: String, retryAfter: Int64?, until deadline: BootTime
  ) throws(Interrupted) -> Bool {
    guard attempt < Surroundings.providerTries else { return false }
    let chance = Duration.seconds(Double(attempt) * (1 + random))
    let delay = max(chance, .seconds(min(retryAfter ?? 0, 3600)))
    guard clocks.boot() + delay < deadline else { return false }
    diagnostics.log(.info, "\(reason); trying again in \(delay.components.seconds) s")
    try clocks.sleep(delay)
    return true
  }

  /// What the last of several tries failed with: its own words tell of its own time only.
  func given(_ failure: Failure, up tries: Int, since began: BootTime) -> Failure {
    guard tries > 1 else { return failure }
    var failure = failure
    failure.message += " (\(tries) tries in \((clocks.boot() - began + .milliseconds(500)).components.seconds) s)"
    return failure
  }

  /// 0 ..< 1
  private var random: Double {
    let bytes = (try? cryptography.randomBytes(2)) ?? []
    return bytes.reduce(0.0) { ($0 + Double($1)) / 256 }
  }
}
