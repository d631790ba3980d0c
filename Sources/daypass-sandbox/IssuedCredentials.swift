import Formats
import Model

/// Temporary credentials this STS handed out, and for whom.
struct IssuedCredentials: Sendable {
  var accessKeyID: String
  var secretAccessKey: String
  var sessionToken: String
  var expires: WallTime
  var role: RoleARN
  var roleID: String
  var sessionName: String
  var tags = SessionTags()

  var arn: String { role.session(sessionName) }
  /// What a policy may call whoever has them: the account in two ways, the role, the session.
  var principals: [ByteText] {
    let account = "arn:\(role.partition):iam::\(role.account)"
    return [role.account, "\(account):root", "\(account):role/\(role.name)", arn].map { ByteText($0) }
  }
  var userID: String { "\(roleID):\(sessionName)" }

  init(role: RoleARN, sessionName: String, expires: WallTime) {
    let capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    accessKeyID = "ASIA" + Digests.randomText(16, from: capitals)
    secretAccessKey = Digests.randomText(40, from: Digests.alphanumerics + "+/")
    sessionToken = "sandbox//" + Digests.randomText(260, from: Digests.alphanumerics + "+/") + "=="
    // The same role has the same id each time.
    let digest = Digests.hex(Digests.sha256(Array((role.account + role.name).utf8))).uppercased()
    roleID = "AROA" + digest.prefix(17)
    self.role = role
    self.sessionName = sessionName
    self.expires = expires
  }

  /// `<Credentials>` and `<AssumedRoleUser>`, true or not.
  func elements(now: WallTime, lie: STSLie?) -> String {
    var lines = ["    <Credentials>", STSReply.element("AccessKeyId", accessKeyID)]
    if lie == .duplicateField { lines.append(STSReply.element("AccessKeyId", "ASIAAAAAAAAAAAAAAAAA")) }
    lines.append(STSReply.element("SecretAccessKey", lie == .emptySecret ? "" : secretAccessKey))
    if lie != .noSessionToken { lines.append(STSReply.element("SessionToken", sessionToken)) }
    let shown = lie.map { $0.expiration(expires, now: now) } ?? RFC3339.format(expires)
    if let shown { lines.append(STSReply.element("Expiration", shown)) }
    lines.append("    </Credentials>")
    var named = arn
    if lie == .otherRole { named = "arn:\(role.partition):sts::\(role.account):assumed-role/Admin/\(sessionName)" }
    if lie == .otherAccount {
      named = "arn:\(role.partition):sts::999999999999:assumed-role/\(role.name)/\(sessionName)"
    }
    if lie != .noAssumedRoleUser {
      lines += ["    <AssumedRoleUser>", STSReply.element("AssumedRoleId", userID), STSReply.element("Arn", named)]
      lines.append("    </AssumedRoleUser>")
    }
    return lines.joined(separator: "\n")
  }
}
