public import Formats
public import Model

/// A provider's public keys (RFC 7517 §5), as far as they can verify an ID token.
public struct KeySet: Sendable {
  let keys: [JSONWebKey]
  /// Keys that were refused, and why; for messages.
  public let refused: [JSONWebKey.Refusal]

  /// For tests and for keys that came another way.
  public init(_ keys: [JSONWebKey]) {
    self.keys = keys
    refused = []
  }

  public var count: Int { keys.count }

  public static func request(_ uri: WebURL) -> HTTPRequest { metadataRequest(uri.text) }

  /// A key that cannot be used is left out, as §5 wants; only a document that is no key set at all is an error.
  public static func parse(_ response: HTTPResponse) throws(KeySetError) -> KeySet {
    switch response.status {
    case 200..<300: break
    case 300..<400: throw .redirected
    case let status where EndpointReply.isTransient(status): throw .unavailable(status: status)
    case let status: throw .absent(status: status)
    }
    guard let object = response.fields else { throw response.jsonSlip.map { .malformed($0) } ?? .notAnObject }
    return try KeySet(object)
  }

  public static func parse(_ bytes: [UInt8]) throws(KeySetError) -> KeySet {
    guard let object = (try? JSON.parse(bytes))?.object else { throw .notAnObject }
    return try KeySet(object)
  }

  private init(_ object: JSONObject) throws(KeySetError) {
    guard let entries = object["keys"]?.array else { throw .noKeys }
    guard entries.count <= 64 else { throw .tooManyKeys(entries.count) }
    var keys: [JSONWebKey] = []
    var refused: [JSONWebKey.Refusal] = []
    for entry in entries {
      do throws(JSONWebKey.Refusal) { keys.append(try JSONWebKey(entry)) } catch { refused.append(error) }
    }
    self.keys = keys
    self.refused = refused
  }

  /// The keys that may have signed a token with this header. More than one only where a provider gives one `kid` to
  /// several.
  ///
  /// Without `kid` the set must hold one key (OIDC Core §10.1).
  func candidates(kid: ByteText?, algorithm: SignatureAlgorithm) throws(VerificationError) -> [JSONWebKey] {
    guard let kid else {
      guard keys.count <= 1 else { throw .ambiguousKey }
      guard let only = keys.first else { throw .unknownKey(kid: nil) }
      guard only.fits(algorithm) else { throw .unfitKey(kid: nil) }
      return [only]
    }
    let named = keys.filter { $0.kid == kid }
    guard !named.isEmpty else { throw .unknownKey(kid: kid) }
    let fitting = named.filter { $0.fits(algorithm) }
    guard !fitting.isEmpty else { throw .unfitKey(kid: kid) }
    return fitting
  }
}

/// Why a key set cannot be used.
public enum KeySetError: Explained, Hashable {
  case absent(status: Int)
  case unavailable(status: Int)
  case redirected
  case notAnObject
  /// An object, if it were not for what is said of it.
  case malformed(String)
  case noKeys
  case tooManyKeys(Int)

  public var isTransient: Bool { if case .unavailable = self { true } else { false } }

  public var kind: FailureKind {
    switch self {
    case .unavailable: .unreachable
    case .absent, .redirected, .notAnObject, .malformed, .noKeys, .tooManyKeys: .malformed
    }
  }

  public var message: String {
    switch self {
    case .absent(let status): "the issuer's keys are not where its jwks_uri says (HTTP \(status))"
    case .unavailable(let status): "the issuer's keys cannot be had at the moment (HTTP \(status))"
    case .redirected: "the issuer's keys are redirected to another origin, or too often"
    case .notAnObject: "the issuer's keys are not a JSON object"
    case .malformed(let reason): "the issuer's keys cannot be used: \(reason)"
    case .noKeys: "the issuer's key set has no list of keys"
    case .tooManyKeys(let count): "the issuer's key set has \(count) keys; at most 64 are read"
    }
  }

  public var hint: String? {
    switch self {
    case .unavailable: Advice.outage
    case .absent, .redirected, .notAnObject, .noKeys: "check issuer; its metadata must name the address of its keys"
    case .malformed: Advice.malformedDocument
    case .tooManyKeys: "have the provider take away the keys it does not sign with any more"
    }
  }
}
