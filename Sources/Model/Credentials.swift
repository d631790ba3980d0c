/// Temporary AWS credentials: the three values and their end, always of one generation.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html>
public struct AWSCredentials: Sendable, Equatable {
  public var accessKeyID: String
  public var secretAccessKey: Secret
  public var sessionToken: Secret
  public var expiration: WallTime

  public init(accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret, expiration: WallTime) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
    self.expiration = expiration
  }
}

/// A token as it came: nobody here has checked its signature. Only `OIDC.verify` makes a `VerifiedIdentity` of it.
public struct UnverifiedToken: Sendable, Equatable {
  public let raw: Secret
  public init(_ raw: Secret) { self.raw = raw }
}
