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
