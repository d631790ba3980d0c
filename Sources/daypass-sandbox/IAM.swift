import Formats
import Model

/// The part of IAM that federation begins with: what `daypass trust json` prints is created as AWS would create it.
extension State {
  /// `{"CreateOpenIDConnectProvider": {…} or null, "CreateRole": {…}, "account"}`: the inputs of the two calls, and the
  /// account in which they are made.
  mutating func createInIAM(_ body: JSONObject) throws(SandboxError) -> Reply {
    let account = body["account"]?.text?.string ?? Cast.account
    if let input = body["CreateOpenIDConnectProvider"]?.object { try create(provider: input) }
    guard let input = body["CreateRole"]?.object else { return .json(200, [:]) }
    let arn = try create(role: input, account: account)
    return .json(200, ["Arn": .string(arn)])
  }

  /// One with this URL that is there already gets the new list, as AddClientIDToOpenIDConnectProvider would make it.
  private mutating func create(provider input: JSONObject) throws(SandboxError) {
    guard let url = input["Url"]?.text, url.utf8.starts(with: "https://".utf8), url.utf8.count <= 255,
      !url.utf8.contains(UInt8(ascii: "?"))
    else { throw .badOption(option: "Url", expected: "https://…, at most 255 characters, no query") }
    let clients = (input["ClientIDList"]?.array ?? []).compactMap(\.text)
    guard (1...100).contains(clients.count), clients.allSatisfy({ (1...255).contains($0.utf8.count) }) else {
      throw .badOption(option: "ClientIDList", expected: "1 to 100 texts of 1 to 255 characters")
    }
    providers.removeAll { $0.url == url }
    providers.append(IdentityProvider(url: url, clientIDs: clients))
  }

  /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>
  private mutating func create(role input: JSONObject, account: String) throws(SandboxError) -> ByteText {
    let allowed = Array((Digests.alphanumerics + "_+=,.@-").utf8)
    guard let name = input["RoleName"]?.text, (1...64).contains(name.utf8.count),
      name.utf8.allSatisfy(allowed.contains)
    else { throw .badOption(option: "RoleName", expected: "1 to 64 of [\\w+=,.@-]") }
    let path = input["Path"]?.text ?? "/"
    guard path.utf8.first == UInt8(ascii: "/"), path.utf8.last == UInt8(ascii: "/"), path.utf8.count <= 512 else {
      throw .badOption(option: "Path", expected: "text that begins and ends with a slash")
    }
    let longest = input["MaxSessionDuration"] == nil ? 3_600 : input["MaxSessionDuration"]?.integer
    guard let longest, (3_600...43_200).contains(longest) else {
      throw .badOption(option: "MaxSessionDuration", expected: "3600 to 43200")
    }
    guard let document = input["AssumeRolePolicyDocument"]?.text,
      let policy = (try? JSON.parse(document.utf8))?.object, policy["Version"]?.text == "2012-10-17"
    else { throw .badOption(option: "AssumeRolePolicyDocument", expected: "text: a policy of version 2012-10-17") }
    let arn = ByteText("arn:aws:iam::\(account):role\(path.string)\(name.string)")
    guard RoleARN(arn) != nil else { throw .badOption(option: "account", expected: "12 digits") }
    cast.roles.removeAll { $0.arn == arn }
    cast.roles.append(Cast.Role(arn: arn, maximumDuration: longest, trust: try TrustPolicy(policy)))
    return arn
  }
}
