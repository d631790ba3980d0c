public import Model

/// Why text is not a URL that is accepted here. The text itself is left to the caller, who knows what it was meant for.
public enum WebURLError: Explained, Hashable {
  case tooLong(limit: Int)
  case notAbsolute
  case unsupportedScheme
  case unexpectedByte(UInt8, at: Int)
  case notASCII
  case userInfo
  case fragment
  case malformedHost
  case malformedPort
  case malformedPercentEncoding(at: Int)

  public var kind: FailureKind { .malformed }

  public var message: String {
    switch self {
    case .tooLong(let limit): "the URL is longer than \(limit) bytes"
    case .notAbsolute: "the URL is not absolute"
    case .unsupportedScheme: "the URL is neither https nor http"
    case .unexpectedByte(let byte, let offset): "the URL has an unexpected byte 0x\(hex(byte)) at offset \(offset)"
    case .notASCII: "the URL has characters other than ASCII"
    case .userInfo: "the URL has a user name or password before the host"
    case .fragment: "the URL has a fragment (`#`)"
    case .malformedHost: "the URL's host is neither a name nor an IP address"
    case .malformedPort: "the URL's port is not a number from 1 to 65535"
    case .malformedPercentEncoding(let offset): "the URL has a `%` without two hexadecimal digits at offset \(offset)"
    }
  }

  public var hint: String? {
    switch self {
    case .notAbsolute, .unsupportedScheme: "write it in full, starting with https://"
    case .notASCII: "write an international host name in its xn-- form and percent-encode the rest"
    case .tooLong, .unexpectedByte, .userInfo, .fragment, .malformedHost, .malformedPort, .malformedPercentEncoding: nil
    }
  }
}
