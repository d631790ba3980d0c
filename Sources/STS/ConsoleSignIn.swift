import Formats
public import Model

/// Sign-in to the AWS console with temporary credentials: they buy a sign-in token, and that makes a URL that is good
/// for 15 minutes.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html>
public struct ConsoleSignIn: Sendable {
  private let endpoint: WebURL
  private let destination: String

  /// - Parameters:
  ///   - region: where the console opens; nil for where it was left.
  ///   - destination: a page of the console, https, or a path of it beginning with a slash; nil for its home.
  public init(partition: Partition, region: String?, destination: String?) throws(ConsoleSignInError) {
    do throws(WebURLError) {
      endpoint = try WebURL.parse("https://\(partition.signInHost)/federation")
    } catch {
      throw .destination("", domain: partition.consoleDomain)
    }
    let home = "https://\(partition.consoleHost)"
    guard let destination else {
      self.destination = home + "/console/home" + (region.map { "?region=\($0)" } ?? "")
      return
    }
    let page = destination.hasPrefix("/") ? home + destination : destination
    guard ConsoleSignIn.isPage(page, of: partition) else {
      throw .destination(destination, domain: partition.consoleDomain)
    }
    self.destination = page
  }

  /// The console's own pages alone: whoever is signed in lands there.
  private static func isPage(_ text: String, of partition: Partition) -> Bool {
    // What the page itself looks at is no part of where it is.
    let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let isASCII = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    guard isASCII, let address = parts.first, let url = try? WebURL.parse(String(address)) else { return false }
    return url.scheme == .https && url.port == nil && url.host.hasSuffix("." + partition.consoleDomain)
  }

  /// getSigninToken. The secrets are in its query, as AWS wants it: the query is never logged.
  ///
  /// - Parameter duration: of the console session, in seconds; nil where AWS refuses one, for the credentials of a
  ///   chained role, and the session then ends with them.
  public func tokenRequest(
    with credentials: AWSCredentials, duration: Int64?, timeout: Duration = .seconds(10)
  ) -> HTTPRequest {
    let session: JSON = [
      "sessionId": JSON(credentials.accessKeyID), "sessionKey": JSON(credentials.secretAccessKey.exposedText()),
      "sessionToken": JSON(credentials.sessionToken.exposedText()),
    ]
    let length = duration.map { [("SessionDuration", String($0))] } ?? []
    let url = endpoint.appending(
      query: [("Action", "getSigninToken")] + length
        + [("Session", String(decoding: session.serialized(), as: UTF8.self))])
    return HTTPRequest(.get, url.text, headers: [HTTPHeader("Accept", "application/json")], timeout: timeout)
  }

  /// The URL that signs in, from the reply to `tokenRequest`. As secret as a password while it lasts.
  public func url(_ response: HTTPResponse) throws(ConsoleSignInError) -> Secret {
    switch response.status {
    case 200: break
    case 429, 500...: throw .unavailable(status: response.status)
    default: throw .refused(status: response.status)
    }
    guard let reply = try? JSON.parse(response.body).object, let token = reply["SigninToken"]?.text?.string,
      !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw .unexpectedReply }
    return Secret(
      endpoint.appending(query: [("Action", "login"), ("Destination", destination), ("SigninToken", token)]).text)
  }
}

extension Partition {
  /// What its console's hosts end in.
  var consoleDomain: String {
    switch self {
    case .commercial: "aws.amazon.com"
    case .china: "amazonaws.cn"
    case .govCloud: "amazonaws-us-gov.com"
    case .europeanSovereign: "amazonaws-eusc.eu"
    case .iso: "c2shome.ic.gov"
    case .isoB: "sc2shome.sgov.gov"
    case .isoE: "csphome.adc-e.uk"
    case .isoF: "csphome.hci.ic.gov"
    }
  }

  /// The sovereign cloud has only regional ones.
  var signInHost: String { regionalPrefix + "signin." + consoleDomain }
  var consoleHost: String { regionalPrefix + "console." + consoleDomain }
  private var regionalPrefix: String { self == .europeanSovereign ? homeRegion + "." : "" }
}

public enum ConsoleSignInError: Explained, Hashable {
  case destination(String, domain: String)
  case refused(status: Int)
  case unavailable(status: Int)
  case unexpectedReply

  public var isTransient: Bool { if case .unavailable = self { true } else { false } }

  public var kind: FailureKind {
    switch self {
    case .destination: .usage
    case .refused: .refused
    case .unavailable: .unreachable
    case .unexpectedReply: .malformed
    }
  }

  public var message: String {
    switch self {
    case .destination(let text, let domain):
      "--destination \(text.printable(limit: 100)) is no https page of the console (\(domain))"
    case .refused(let status): "AWS's sign-in refused the credentials (status \(status))"
    case .unavailable(let status): "AWS's sign-in is not available (status \(status))"
    case .unexpectedReply: "the reply of AWS's sign-in holds no token"
    }
  }

  public var hint: String? {
    switch self {
    case .destination: "give a page's address or its path, such as /s3/home"
    case .refused: "check that the role is in this partition, and that its longest session is not below duration"
    case .unavailable: "try again"
    case .unexpectedReply: nil
    }
  }
}
