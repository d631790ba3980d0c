import Formats
import Model

/// The `users`, `clients`, `audiences` and `roles` of the configuration file; what it leaves out stays as usual.
extension Cast {
  init(_ configuration: JSONObject) throws(SandboxError) {
    self = .usual
    if let list = configuration["users"] { users = try Self.elements(list, of: "users").map(User.init(reading:)) }
    if let list = configuration["clients"] {
      clients = try Self.elements(list, of: "clients").map(Client.init(reading:))
    }
    if let list = configuration["roles"] { roles = try Self.elements(list, of: "roles").map(Role.init(reading:)) }
    if let list = configuration["audiences"] { audiences = (list.array ?? []).compactMap(\.text) }
  }

  private static func elements(_ json: JSON, of name: String) throws(SandboxError) -> [JSONObject] {
    guard let array = json.array else { throw .badOption(option: name, expected: "an array of objects") }
    var result: [JSONObject] = []
    for element in array {
      guard let object = element.object else { throw .badOption(option: name, expected: "an array of objects") }
      result.append(object)
    }
    return result
  }
}

extension JSONObject {
  fileprivate func required(_ name: String, in place: String) throws(SandboxError) -> ByteText {
    guard let text = self[name]?.text, !text.isEmpty else {
      throw .badOption(option: "\(place).\(name)", expected: "text")
    }
    return text
  }
}

extension Cast.User {
  fileprivate init(reading object: JSONObject) throws(SandboxError) {
    name = try object.required("name", in: "users")
    claims = (object["claims"]?.object?.members ?? []).map { ($0.key.string, $0.value) }
  }
}

extension Cast.Client {
  fileprivate init(reading object: JSONObject) throws(SandboxError) {
    id = try object.required("id", in: "clients")
    secret = object["secret"]?.text
    redirectURIs = (object["redirect_uris"]?.array ?? []).compactMap(\.text)
  }
}

extension Cast.Role {
  fileprivate init(reading object: JSONObject) throws(SandboxError) {
    arn = try object.required("arn", in: "roles")
    guard RoleARN(arn) != nil else {
      throw .badOption(option: "roles.arn", expected: "arn:aws:iam::ACCOUNT:role/NAME")
    }
    maximumDuration = min(max(object["max_duration"]?.integer ?? 3_600, 3_600), 43_200)
    guard let policy = object["trust"]?.object else {
      throw .badOption(option: "roles.trust", expected: "a policy document")
    }
    trust = try TrustPolicy(policy)
  }
}
