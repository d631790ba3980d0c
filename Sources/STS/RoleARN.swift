public import Model

/// The name of a role: `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME`.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns>
///
/// Other servers than AWS's leave the account empty, leave its field out, or have a partition of their own; that is
/// accepted here, and judged where the endpoint is chosen.
public struct RoleARN: Sendable, Hashable {
  /// As given.
  public let text: ByteText
  /// The partition's name, be it one of AWS's or not.
  public let partitionName: ByteText
  /// 12 digits at AWS; empty where the server has no accounts.
  public let account: ByteText
  /// Without the path, as the names of assumed roles have it.
  public let name: ByteText
  /// Begins and ends with a slash.
  public let path: ByteText

  public static func parse(_ text: String) throws(RoleARNError) -> RoleARN {
    let bytes = ByteText(text)
    guard (20...2048).contains(bytes.utf8.count) else { throw .length(bytes.utf8.count) }
    guard bytes.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .characters }
    let fields = bytes.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
    guard (5...6).contains(fields.count), fields[0].elementsEqual("arn".utf8), !fields[1].isEmpty else {
      throw .notAnARN
    }
    guard fields[2].elementsEqual("iam".utf8), fields[3].isEmpty, let resource = fields.last else { throw .notARole }
    guard resource.starts(with: "role/".utf8), !resource.contains(UInt8(ascii: ":")) else { throw .notARole }
    let segments = resource.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst()
    guard let name = segments.last, !name.isEmpty, let partition = ByteText(validating: fields[1]),
      let account = ByteText(validating: fields.count == 6 ? fields[4] : []), let role = ByteText(validating: name)
    else { throw .notARole }
    guard Partition(rawValue: partition.string) == nil || account.isEmpty || account.isAccountID else { throw .account }
    return RoleARN(
      text: bytes, partitionName: partition, account: account, name: role,
      path: ByteText("/" + segments.dropLast().map { String(decoding: $0, as: UTF8.self) + "/" }.joined()))
  }

  /// Nil for those of other servers than AWS's.
  public var partition: Partition? { Partition(rawValue: partitionName.string) }

  /// Whether AWS could have such a role.
  var isAWS: Bool { partition != nil && account.isAccountID }
}

extension ByteText {
  /// 12 digits.
  var isAccountID: Bool {
    utf8.count == 12 && utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}

public enum RoleARNError: Explained, Hashable {
  case length(Int)
  case characters
  case notAnARN
  case notARole
  case account

  public var kind: FailureKind { .configuration }

  public var message: String {
    switch self {
    case .length(let count): "role_arn has \(count) characters; an ARN has 20 to 2048"
    case .characters: "role_arn has blanks or characters other than ASCII"
    case .notAnARN: "role_arn is not an ARN"
    case .notARole: "role_arn is the ARN of something other than a role"
    case .account: "role_arn has an account that is not 12 digits"
    }
  }

  public var hint: String? { "write it as arn:aws:iam::123456789012:role/NAME" }
}
