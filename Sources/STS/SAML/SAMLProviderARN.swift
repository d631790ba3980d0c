public import Model

/// The name of a SAML provider in IAM: `arn:PARTITION:iam::ACCOUNT:saml-provider/NAME`.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns>
public struct SAMLProviderARN: Sendable, Hashable {
  public let text: ByteText
  let partitionName: ByteText
  let account: ByteText

  public static func parse(_ text: String) throws(SAMLProviderARNError) -> SAMLProviderARN {
    let bytes = ByteText(text)
    let fields = bytes.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
    guard (20...2048).contains(bytes.utf8.count), bytes.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
      fields.count == 6, fields[0].elementsEqual("arn".utf8), fields[2].elementsEqual("iam".utf8), fields[3].isEmpty,
      fields[5].starts(with: "saml-provider/".utf8), fields[5].count > 14,
      let partition = ByteText(validating: fields[1]), let account = ByteText(validating: fields[4])
    else { throw .malformed }
    return SAMLProviderARN(text: bytes, partitionName: partition, account: account)
  }

  /// AWS looks for the provider in the role's account.
  public func check(_ role: RoleARN) throws(SAMLProviderARNError) {
    guard role.isAWS else { return }
    guard account == role.account, partitionName == role.partitionName else {
      throw .otherAccount(provider: text, role: role.text)
    }
  }
}

public enum SAMLProviderARNError: Explained, Hashable {
  case malformed
  case otherAccount(provider: ByteText, role: ByteText)

  public var kind: FailureKind { .configuration }

  public var message: String {
    switch self {
    case .malformed: "principal_arn is not the ARN of a SAML provider"
    case .otherAccount(let provider, let role):
      "principal_arn \(provider.printable()) and role_arn \(role.printable()) are of different accounts"
    }
  }

  public var hint: String? {
    switch self {
    case .malformed: "write it as arn:aws:iam::123456789012:saml-provider/NAME"
    case .otherAccount: "a role trusts SAML providers of its own account"
    }
  }
}
