import Formats
import Model

/// One request and what came of it: whether its host can be reached, and what time it is there.
struct Probe: Sendable {
  let url: WebURL
  /// By the clock of this machine.
  let sentAt: WallTime
  let receivedAt: WallTime
  let result: Result<HTTPResponse, TransportFailure>

  var failure: TransportFailure? { if case .failure(let failure) = result { failure } else { nil } }
  var response: HTTPResponse? { try? result.get() }
  var host: String { url.host.printable() }

  /// Seconds by which the host's clock is ahead of this machine's; 0 where its answer may have been made at the moment
  /// it says. Nil where it says nothing.
  ///
  /// RFC 9110 §6.6.1, RFC 9111 §5.1: what a cache kept is as old as its Age.
  var skew: Int64? {
    guard let response, let date = response.header("date").flatMap(HTTPDate.parse) else { return nil }
    let age = response.header("age").flatMap { RetryAfter.parse($0, now: date) } ?? 0
    let there = date + age
    if there < sentAt + -1 { return there - sentAt }
    return there > receivedAt + 1 ? there - receivedAt : 0
  }
}
