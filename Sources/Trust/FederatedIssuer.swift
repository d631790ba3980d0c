public import Formats
public import Model
import STS

/// An issuer as IAM knows it: a provider's URL without `https://` names the provider and begins its condition keys.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html>
public struct FederatedIssuer: Sendable, Hashable {
  /// Byte for byte as tokens have it in `iss`.
  public let url: ByteText
  /// `HOST/PATH`; a slash at the end counts.
  public let name: ByteText

  /// IAM takes https URLs without port and query.
  public init(_ issuer: ByteText) throws(FederatedIssuerError) {
    let parsed: WebURL
    do throws(WebURLError) {
      parsed = try WebURL.parse(issuer.string)
    } catch {
      throw .malformed(issuer, error)
    }
    guard parsed.scheme == .https else { throw .plain(issuer) }
    guard parsed.port == nil, parsed.query == nil, !issuer.utf8.contains(UInt8(ascii: "?")) else {
      throw .portOrQuery(issuer)
    }
    guard issuer.utf8.count <= 255 else { throw .tooLong(issuer.utf8.count) }
    url = issuer
    name = ByteText(validating: issuer.utf8.dropFirst("https://".utf8.count)) ?? ""
  }

  /// The condition key of a claim.
  func key(_ claim: String) -> String { name.string + ":" + claim }

  /// What a trust policy names as its principal. Some issuers AWS knows by itself, by their plain names.
  func principal(partition: Partition, account: String) -> String {
    isBuiltIn ? name.string : "arn:\(partition.name):iam::\(account):oidc-provider/\(name.string)"
  }

  /// Needs no provider in IAM, and can have none.
  /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif>
  public var isBuiltIn: Bool { FederatedIssuer.builtIn.contains(name.string) }

  static let builtIn = [
    "accounts.google.com", "graph.facebook.com", "www.amazon.com", "cognito-identity.amazonaws.com",
  ]

  /// Whether the issuer gives tokens to anybody who signs up, so that only `sub` tells one customer from another.
  public var isShared: Bool { FederatedIssuer.isShared(name: name.string) }

  static func isShared(name: String) -> Bool {
    shared.contains(name) || builtIn.contains(name) || isOfPeople(name: name)
  }

  /// Where, unless somebody has forbidden it, anybody can make himself an account: Auth0's tenants, Cognito's user pools
  /// and Firebase's projects.
  static func isOfPeople(name: String) -> Bool {
    let name = ByteText(name)
    return name.hasSuffix(".auth0.com/") || name.hasPrefix("cognito-idp.") || name.hasPrefix("securetoken.google.com/")
  }

  /// Whether what a pattern of subjects lets in can be told from how it begins.
  static func hasKnownSubjects(name: String) -> Bool {
    let host = name.utf8.prefix { $0 != UInt8(ascii: "/") }
    return isShared(name: name) || oneForEach.contains { host.elementsEqual($0.utf8) }
      || [".app.spacelift.io", ".semaphoreci.com"].contains(where: ByteText(String(Substring(host))).hasSuffix)
  }

  /// Hosts of platforms that give each customer an issuer.
  private static let oneForEach = [
    "api.bitbucket.org", "oidc.circleci.com", "oidc.fly.io", "oidc.vercel.com", "vstoken.dev.azure.com",
  ]

  /// What to do about a pattern that lets in strangers.
  static func narrowing(name: String) -> String {
    isOfPeople(name: name)
      ? "name each person by the whole subject"
      : "end the owner's name before the wildcard, as in repo:owner/repository:*"
  }

  /// Those of which IAM knows that they serve many customers
  /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>), and others that do.
  private static let shared =
    [
      "token.actions.githubusercontent.com", "oidc-configuration.audit-log.githubusercontent.com", "gitlab.com",
      "agent.buildkite.com", "app.terraform.io", "app.eu.terraform.io", "oidc.circleci.com", "oidc.codefresh.io",
      "proidc.upbound.io", "scalr.io", "studio.datachain.ai/api", "tokens.cloud.shisho.dev", "login.app.env0.com/",
    ] + toldByAudience

  /// Shared ones that put the customer into `aud`.
  private static let toldByAudience = ["api.pulumi.com/oidc", "oidc.vercel.com", "sandboxes.cloud"]

  static func isToldByAudience(name: String) -> Bool { toldByAudience.contains(name) }

  static let github = "token.actions.githubusercontent.com"

  /// The claims that trust policies can ask for beside those of every issuer: `aud`, `sub`, `amr` and `email`.
  static func furtherClaims(name: String) -> [String] {
    switch name {
    case github:
      [
        "actor", "actor_id", "enterprise_id", "environment", "job_workflow_ref", "ref", "repository", "repository_id",
        "workflow",
      ]
    case "accounts.google.com": ["oaud"]
    case _ where name == "oidc.circleci.com" || ByteText(name).hasPrefix("oidc.circleci.com/"):
      ["oidc.circleci.com/project-id"]
    default: []
    }
  }
}

public enum FederatedIssuerError: Explained, Hashable {
  case malformed(ByteText, WebURLError)
  case plain(ByteText)
  case portOrQuery(ByteText)
  case tooLong(Int)

  public var kind: FailureKind { .configuration }

  public var message: String {
    switch self {
    case .malformed(let issuer, let error): "the issuer \(issuer.printable()): \(error.message)"
    case .plain(let issuer): "the issuer \(issuer.printable()) is http; IAM takes only https"
    case .portOrQuery(let issuer): "the issuer \(issuer.printable()) has a port or a query; IAM takes neither"
    case .tooLong(let count): "the issuer has \(count) characters; IAM takes at most 255"
    }
  }

  public var hint: String? { "AWS must reach the issuer's metadata and keys at a public https address" }
}
