import Model
import STS

/// Asks the STS whose credentials these are, signed with them.
struct CallerQuery {
  let surroundings: Surroundings
  let endpoint: STSEndpoint

  func run(_ credentials: AWSCredentials, until deadline: BootTime) throws(Failure) -> CallerIdentity {
    var attempt = 1
    while true {
      do throws(ExchangeFailure) {
        let response = try surroundings.send(
          CallerIdentity.httpRequest(to: endpoint, with: credentials), until: deadline)
        do throws(STSError) {
          return try CallerIdentity.parse(response, now: surroundings.clocks.wall())
        } catch {
          throw .sts(error)
        }
      } catch {
        guard try surroundings.rested(after: attempt, failedWith: error, until: deadline) else { throw Failure(error) }
        attempt += 1
      }
    }
  }
}

extension Surroundings {
  /// Sends, with the request's timeout cut to what is left.
  func send(_ request: HTTPRequest, until deadline: BootTime) throws(ExchangeFailure) -> HTTPResponse {
    var request = request
    request.timeout = max(.milliseconds(1), min(request.timeout, deadline - clocks.boot()))
    do throws(TransportFailure) { return try transport.send(request) } catch { throw .transport(error) }
  }

  /// Waits until another try is due; false where none is.
  func rested(
    after attempt: Int, failedWith failure: ExchangeFailure, until deadline: BootTime
  ) throws(Failure) -> Bool {
    let bytes = (try? cryptography.randomBytes(2)) ?? []
    let random = bytes.reduce(0.0) { ($0 + Double($1)) / 256 }
    guard
      let delay = Retry.delay(
        after: attempt, failedWith: failure, random: random, remaining: deadline - clocks.boot())
    else { return false }
    diagnostics.log(.info, "\(failure.message); trying again")
    do throws(Interrupted) { try clocks.sleep(delay) } catch { throw Failure(error) }
    return true
  }
}
