import Formats
import Model

/// The security token service: four actions of AWS STS, by its Query protocol.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html>
extension State {
  mutating func sts(_ request: Request, _ parameters: Parameters) -> Reply {
    if let order = behaviours.take(.stsError) {
      let status = Int(min(max(order["status"]?.integer ?? 400, 200), 599))
      let code = order["code"]?.text?.string ?? "Throttling"
      return STSError(code, status, order["message"]?.text?.string ?? "ordered").reply
    }
    let action = parameters["Action"]?.string ?? ""
    do throws(STSError) {
      guard parameters["Version"] == ByteText("2011-06-15") else {
        throw STSError("InvalidAction", "Could not find operation \(action.printable()) for this version")
      }
      switch action {
      case "AssumeRoleWithWebIdentity": return try assumeRoleWithWebIdentity(parameters)
      case "AssumeRoleWithSAML": return try assumeRoleWithSAML(parameters)
      case "AssumeRole": return try assumeRole(parameters, caller: try verifySigV4(request))
      case "GetCallerIdentity": return callerIdentity(try verifySigV4(request))
      default: throw STSError("InvalidAction", "Could not find operation \(action.printable())")
      }
    } catch {
      return error.reply
    }
  }

  private func callerIdentity(_ caller: IssuedCredentials) -> Reply {
    STSReply.success(
      "GetCallerIdentity",
      [
        STSReply.element("Arn", caller.arn), STSReply.element("UserId", caller.userID),
        STSReply.element("Account", caller.role.account),
      ].joined(separator: "\n"))
  }

  mutating func issue(
    _ order: RoleOrder, action: String, tags: SessionTags = SessionTags(),
    extra: [String]
  ) -> Reply {
    let now = wall
    let lifetime = behaviours.seconds(.credentialsLifetime, default: order.duration)
    var credentials = IssuedCredentials(
      role: order.role, sessionName: order.sessionName, expires: now + min(max(lifetime, 1), 43_200))
    credentials.tags = tags
    secrets.add(credentials.secretAccessKey, credentials.sessionToken)
    if issued.count % 1_000 == 999 { issued = issued.filter { $0.value.expires + 3_600 > now } }
    issued[credentials.accessKeyID] = credentials
    let lie = behaviours.text(.sts).flatMap(STSLie.init(rawValue:))
    let result = [credentials.elements(now: now, lie: lie)] + extra + order.packedSize
    var reply = STSReply.success(action, result.joined(separator: "\n"))
    lie?.falsify(&reply)
    return reply
  }
}
