public import Model

/// How a token is to be had: found out without asking anybody.
public struct TokenPlan: Sendable {
  public enum Place: Sendable {
    /// The variable that holds it.
    case variable(String)
    /// The file that holds it.
    case file(String)
    /// Program and arguments; it prints it.
    case program([String])
    /// Somebody who is asked for it.
    case service(TokenRequest)
  }

  /// What proves, without a token in hand, that a caller is the one credentials were bought for.
  public enum Proof: Sendable {
    /// The token itself.
    case token
    /// What the platform gave this job alone, to ask for tokens with.
    case credential(Secret)
    /// Nothing: what was bought is for this process only.
    case none
  }

  public var place: Place
  /// What the token's `aud` must hold; nil where anything will do.
  public var audience: ByteText?
  /// Whether there can be a newer token later: a new one is minted, or whoever writes the file replaces it.
  public var isRenewable: Bool
  public var proof: Proof

  public init(_ place: Place, audience: ByteText?, isRenewable: Bool, proof: Proof) {
    self.place = place
    self.audience = audience
    self.isRenewable = isRenewable
    self.proof = proof
  }
}

/// One request of the way to a token, and what to make of its answer.
public struct TokenRequest: Sendable {
  public enum Step: Sendable {
    case token(UnverifiedToken)
    case further(TokenRequest)
  }

  public var request: HTTPRequest
  /// What to do if the answer says no.
  public var mend: String
  /// - Parameter body: of an answer with status 200.
  public var read: @Sendable (_ body: [UInt8]) throws(SourceError) -> Step

  /// No redirect is followed: it would carry the credential along. A token has at most 20,000 bytes; what is around it
  /// is short.
  init(
    _ request: HTTPRequest, mend: String, read: @escaping @Sendable ([UInt8]) throws(SourceError) -> Step
  ) {
    self.request = request
    self.request.bodyLimit = 64 << 10
    self.mend = mend
    self.read = read
  }
}
