internal import Formats
public import Model

/// Why a provider's metadata cannot be used.
public enum DiscoveryError: Explained, Hashable {
  case unusableIssuer(String)
  /// The setting `device_authorization_endpoint`.
  case unusableEndpointSetting(String)
  case absent(status: Int)
  case unavailable(status: Int)
  case redirected
  case transport(TransportFailure)
  case notAnObject
  /// An object, if it were not for what is said of it.
  case malformed(String)
  case missing(String)
  case wrongType(String)
  case unusableEndpoint(String, ByteText)
  case issuerMismatch(configured: ByteText, said: ByteText)

  /// Whether the same request may succeed a moment later.
  public var isTransient: Bool {
    switch self {
    case .unavailable: true
    case .transport(let failure): failure.isTransient
    default: false
    }
  }

  public var kind: FailureKind {
    switch self {
    case .unusableIssuer, .unusableEndpointSetting, .absent: .configuration
    case .unavailable: .unreachable
    case .transport(let failure): failure.kind
    case .redirected, .notAnObject, .malformed, .missing, .wrongType, .unusableEndpoint, .issuerMismatch: .malformed
    }
  }

  public var message: String {
    switch self {
    case .unusableIssuer(let text): "issuer is not an https URL without query and fragment: \(text.printable())"
    case .unusableEndpointSetting(let text): "device_authorization_endpoint cannot be used: \(text.printable())"
    case .absent(let status): "the issuer has no metadata document (HTTP \(status))"
    case .unavailable(let status): "the issuer's metadata cannot be had at the moment (HTTP \(status))"
    case .redirected: "the issuer's metadata is redirected to another origin, or too often"
    case .transport(let failure): failure.message
    case .notAnObject: "the issuer's metadata is not a JSON object"
    case .malformed(let reason): "the issuer's metadata cannot be used: \(reason)"
    case .missing(let name): "the issuer's metadata has no \(name)"
    case .wrongType(let name): "\(name) in the issuer's metadata has the wrong type"
    case .unusableEndpoint(let name, let text): "\(name) in the issuer's metadata is refused: \(text.printable())"
    case .issuerMismatch(let configured, let said):
      "the issuer calls itself \(said.printable()), not \(configured.printable())"
    }
  }

  public var hint: String? {
    switch self {
    case .unusableIssuer: "write it as the provider does, for example https://login.example.com/realms/main"
    case .unusableEndpointSetting(let text): Self.isLinkLocal(text) ? Self.linkLocal : "it must be an https URL"
    case .absent: "check the spelling of issuer, its path included"
    case .issuerMismatch(_, let said):
      "if that is your provider, set issuer = \"\(said.printable())\": case and a slash at the end count"
    case .unusableEndpoint(_, let text): Self.isLinkLocal(text.string) ? Self.linkLocal : "endpoints must be https URLs"
    case .transport(let failure): failure.hint
    case .unavailable: Advice.outage
    case .redirected: "check the spelling of issuer: https, the host, and a slash at the end"
    case .notAnObject: "check the spelling of issuer, its path included: what answers there is no provider's metadata"
    case .malformed: Advice.malformedDocument
    case .missing, .wrongType:
      "check the spelling of issuer, its path included; if it is right, the provider is set up wrongly"
    }
  }

  private static let linkLocal =
    "an address of this link alone (169.254.0.0/16, fe80::/10) is used for its own issuer only"

  private static func isLinkLocal(_ text: String) -> Bool { (try? WebURL.parse(text))?.isLinkLocal ?? false }
}
