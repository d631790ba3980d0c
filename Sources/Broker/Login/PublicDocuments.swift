import Formats
import Model
import Synchronization

/// An issuer's public documents, metadata and keys, as they were fetched in this run over a connection that was verified
/// as the profile says: in memory only, and for all who share these edges of the world.
///
/// Used for as long as their server allows, an hour at most; then the server is asked whether they have changed.
final class PublicDocuments: Sendable {
  private struct Document {
    var response: HTTPResponse
    var freshness: Freshness
    var since: BootTime
  }

  private struct Name: Hashable {
    let issuer: ByteText
    let url: String
  }

  static let longest: Int64 = 3600
  /// Of all issuers together.
  private static let capacity = 256

  private let documents = Mutex<[Name: Document]>([:])

  /// What may be used without asking.
  func fresh(_ url: String, of issuer: ByteText, at now: BootTime) -> HTTPResponse? {
    guard let document = documents.withLock({ $0[Name(issuer: issuer, url: url)] }) else { return nil }
    let end = document.since + .seconds(min(document.freshness.seconds, Self.longest))
    return now >= document.since && now < end ? document.response : nil
  }

  /// The same request, so that its server may answer that nothing has changed.
  func conditional(_ request: HTTPRequest, of issuer: ByteText) -> HTTPRequest {
    guard let document = documents.withLock({ $0[Name(issuer: issuer, url: request.url)] }) else { return request }
    var request = request
    request.headers += document.freshness.conditions
    return request
  }

  /// What the reply stands for: itself, or what was kept where nothing has changed.
  func taken(_ response: HTTPResponse, _ url: String, of issuer: ByteText, at now: BootTime) -> HTTPResponse {
    let name = Name(issuer: issuer, url: url)
    return documents.withLock { documents in
      if response.status == 304, var known = documents[name] {
        known.since = now
        known.freshness = known.freshness.renewed(by: response)
        documents[name] = known
        return known.response
      }
      documents[name] = nil
      if response.status == 200, let freshness = Freshness(response) {
        if documents.count >= Self.capacity { documents.removeAll() }
        documents[name] = Document(response: response, freshness: freshness, since: now)
      }
      return response
    }
  }

  /// What turned out to be of no use.
  func forget(_ url: String, of issuer: ByteText) {
    documents.withLock { $0[Name(issuer: issuer, url: url)] = nil }
  }
}
