import Formats
import Model
import STS

@testable import Trust

let githubName = "token.actions.githubusercontent.com"

/// A token of a GitHub job on main, unless said otherwise.
func token(_ changes: [(String, JSON)] = []) throws -> TokenInHand {
  var claims: [(String, JSON)] = [
    ("iss", JSON("https://" + githubName)), ("sub", "repo:octo/app:ref:refs/heads/main"),
    ("aud", "sts.amazonaws.com"), ("repository", "octo/app"), ("ref", "refs/heads/main"), ("actor", "mona"),
  ]
  for (name, value) in changes {
    claims.removeAll { $0.0 == name }
    if value != .null { claims.append((name, value)) }
  }
  return try TokenInHand(JSONObject(claims))
}

/// One statement that allows AssumeRoleWithWebIdentity to GitHub's provider, with other members where given.
func policy(_ condition: String, _ members: String = "") throws -> TrustPolicy {
  let principal = "{\"Federated\": \"arn:aws:iam::123456789012:oidc-provider/\(githubName)\"}"
  var text = "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\""
  if !members.contains("Principal") { text += ", \"Principal\": \(principal)" }
  if !members.contains("Action") { text += ", \"Action\": \"sts:AssumeRoleWithWebIdentity\"" }
  if !members.isEmpty { text += ", \(members)" }
  if !condition.isEmpty { text += ", \"Condition\": \(condition)" }
  return try TrustPolicy.parse(Array((text + "}]}").replacing("gh:", with: githubName + ":").utf8))
}

let role = try? RoleARN.parse("arn:aws:iam::123456789012:role/ci")

let aud = "\"gh:aud\": \"sts.amazonaws.com\""
