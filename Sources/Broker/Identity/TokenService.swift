import Formats
import Model
import OIDC

/// Asks a platform's service for a token, again where that may help.
struct TokenService {
  let surroundings: Surroundings
  /// For messages.
  let name: String

  init(_ surroundings: Surroundings, name: String) {
    self.surroundings = surroundings
    self.name = name
  }

  func token(_ request: TokenRequest, until deadline: BootTime) throws(Failure) -> UnverifiedToken {
    var request = request
    while true {
      let body = try answer(request, until: deadline)
      do throws(SourceError) {
        switch try request.read(body) {
        case .token(let token): return token
        case .further(let next): request = next
        }
      } catch {
        throw Failure(error)
      }
    }
  }

  private func answer(_ order: TokenRequest, until deadline: BootTime) throws(Failure) -> [UInt8] {
    var attempt = 1
    while true {
      let problem: Failure
      var retryAfter: Int64?
      switch reply(to: order.request, until: deadline) {
      case .success(let response):
        switch response.status {
        case 200, 201: return response.body
        case 408, 429, 500...599:
          problem = Failure(
            .unreachable, "\(name.printable()) answered with status \(response.status)", hint: "try again later")
          retryAfter = response.header("retry-after").flatMap {
            RetryAfter.parse($0, now: surroundings.clocks.wall())
          }
        default: throw Failure(SourceError.refused(by: name, status: response.status, mend: order.mend))
        }
      case .failure(let error):
        problem = Failure(error.kind, "\(name.printable()): \(error.message)", hint: error.hint)
        guard error.isTransient else { throw problem }
      }
      let isAnotherDue: Bool
      do throws(Interrupted) {
        isAnotherDue = try surroundings.rested(
          after: attempt, because: problem.message, retryAfter: retryAfter, until: deadline)
      } catch {
        throw Failure(error)
      }
      guard isAnotherDue else { throw problem }
      attempt += 1
    }
  }

  private func reply(to request: HTTPRequest, until deadline: BootTime) -> Result<HTTPResponse, TransportFailure> {
    do throws(TransportFailure) {
      return .success(try surroundings.transport.send(surroundings.fitted(request, until: deadline)))
    } catch {
      return .failure(error)
    }
  }
}
