import Formats
import Model
import STS

/// Where a SAML response is.
enum SAMLPlace {
  case file(String)
  case variable(String)
  case standardInput

  var text: String {
    switch self {
    case .file(let path): path
    case .variable(let name): name
    case .standardInput: "standard input"
    }
  }
}

/// Gets a SAML response from where it is: anew each time, but from standard input, which brings it once.
struct SAMLResponseReader {
  let surroundings: Surroundings
  let source: IdentitySource
  let origin: SAMLPlace

  /// Base64 of that many bytes is longer than what STS takes, also with line ends; more is something else.
  private static let readLimit = 256 << 10

  /// - Returns: the response; where the STS would not take it now also why, because it still is the proof by which its
  ///   owner finds what was bought with it.
  func read() throws(Failure) -> (response: SAMLResponse, problem: Failure?) {
    let text = try content()
    guard !text.allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) }) else {
      throw unavailable("it is empty", hint: "the response has to be there before daypass runs")
    }
    do throws(SAMLError) {
      let response = try SAMLResponse.parse(text)
      return (response, response.problem(now: surroundings.clocks.wall()).map(named))
    } catch {
      throw named(error)
    }
  }

  /// For messages. A path can be long, and its end tells most.
  private var place: String { source.place.printable(limit: 1000) }

  private func named(_ error: SAMLError) -> Failure { Failure(error).prefixed(place) }

  private func unavailable(_ reason: String, hint: String) -> Failure {
    Failure(.configuration, "\(place): \(reason)", hint: hint)
  }

  private func content() throws(Failure) -> [UInt8] {
    do throws(InputFailure) {
      switch origin {
      case .file(let path): return try surroundings.readFile(path, SAMLResponseReader.readLimit).exposedBytes()
      case .standardInput: return try surroundings.readInput(SAMLResponseReader.readLimit).exposedBytes()
      case .variable(let name):
        guard let value = surroundings.environment[name] else {
          throw InputFailure(.absent, reason: "the variable is not set")
        }
        return Array(value.utf8)
      }
    } catch {
      if error.cause == .tooLarge {
        throw Failure(
          .malformed, "\(place): \(error.reason)", hint: "it must hold nothing but the SAML response"
        )
      }
      throw unavailable(error.reason, hint: "check the setting, and what should write the SAML response")
    }
  }
}
