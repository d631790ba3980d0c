public import Model

/// What the headers of a reply say about keeping it: `Cache-Control` (RFC 9111 §5.2.2), and by what its server knows it
/// again (RFC 9110 §8.8).
public struct Freshness: Hashable, Sendable {
  /// Seconds for which it may be used without asking; 0 where nothing is said.
  public let seconds: Int64
  /// Sent back as they came, to the same address: `If-None-Match`, `If-Modified-Since`.
  public private(set) var entityTag: String?
  public private(set) var lastModified: String?

  private static let validatorLimit = 256

  /// Nil for what must not be kept: `no-store`, or neither a lifetime nor anything to ask with.
  public init?(_ response: HTTPResponse) {
    var seconds: Int64 = 0
    var mustAsk = false
    for (name, value) in response.headers where name == "cache-control" {
      for directive in value.lowercased().split(separator: ",") {
        let parts = directive.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " && $0 != "\t" } }
        switch parts.first {
        case "no-store": return nil
        case "no-cache": mustAsk = true
        case "max-age": seconds = parts.count == 2 ? Int64(parts[1].filter { $0 != "\"" }).map { max(0, $0) } ?? 0 : 0
        default: continue
        }
      }
    }
    // How long it was kept on the way here.
    let age = response.header("age").flatMap { Int64($0) } ?? 0
    self.seconds = mustAsk || age < 0 || age > seconds ? 0 : seconds - age
    entityTag = response.header("etag").flatMap(Self.validator)
    lastModified = response.header("last-modified").flatMap(Self.validator)
    if self.seconds == 0, entityTag == nil, lastModified == nil { return nil }
  }

  private static func validator(_ text: String) -> String? {
    (1...validatorLimit).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) } ? text : nil
  }

  /// After a 304, which says what has changed of this (RFC 9111 §4.3.4) and need not name its validators again.
  public func renewed(by response: HTTPResponse) -> Freshness {
    guard var renewed = Freshness(response) else { return self }
    renewed.entityTag = renewed.entityTag ?? entityTag
    renewed.lastModified = renewed.lastModified ?? lastModified
    return renewed
  }

  /// For a request that is to be answered 304 where nothing has changed.
  public var conditions: [HTTPHeader] {
    var headers: [HTTPHeader] = []
    if let entityTag { headers.append(HTTPHeader("If-None-Match", entityTag)) }
    if let lastModified { headers.append(HTTPHeader("If-Modified-Since", lastModified)) }
    return headers
  }
}
