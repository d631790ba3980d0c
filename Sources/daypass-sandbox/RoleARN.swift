import Model

/// `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME`
struct RoleARN: Sendable {
  let partition: String
  let account: String
  let name: String

  init?(_ text: ByteText) {
    let parts = text.string.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", parts[2] == "iam", parts[3].isEmpty, parts[5].hasPrefix("role/") else {
      return nil
    }
    guard parts[4].utf8.count == 12, parts[4].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let name = parts[5].split(separator: "/").last
    else { return nil }
    partition = String(parts[1])
    account = String(parts[4])
    self.name = String(name)
  }

  func session(_ sessionName: String) -> String {
    "arn:\(partition):sts::\(account):assumed-role/\(name)/\(sessionName)"
  }
}
