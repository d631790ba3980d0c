import Model

/// The name of a session of a role: `arn:PARTITION:sts::ACCOUNT:assumed-role/NAME/SESSION`. Other servers than AWS's
/// leave the account empty, or its field out.
struct AssumedRoleARN {
  let partitionName: ByteText
  let account: ByteText
  let roleName: ByteText
  let sessionName: ByteText

  /// Nil for whatever is no such name.
  init?(_ text: ByteText) {
    let fields = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
    guard (5...6).contains(fields.count), fields[0].elementsEqual("arn".utf8), fields[2].elementsEqual("sts".utf8),
      let resource = fields.last
    else { return nil }
    let parts = resource.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].elementsEqual("assumed-role".utf8), !parts[1].isEmpty,
      let partition = ByteText(validating: fields[1]),
      let account = ByteText(validating: fields.count == 6 ? fields[4] : []),
      let name = ByteText(validating: parts[1]), let session = ByteText(validating: parts[2])
    else { return nil }
    partitionName = partition
    self.account = account
    roleName = name
    sessionName = session
  }
}
