import Crypto
import Formats
import Model
import OIDC
import Testing

@Suite("Signatures of ID tokens")
struct SignatureTests {
  private static let tokens = SignedTokens.all.map { ($0.name + " " + $0.kid, $0.token) }
  private let keys: KeySet
  private let policy = IDTokenPolicy(
    issuer: "https://op.example", clientID: "daypass", now: WallTime(seconds: 1_700_000_100),
    requestedAt: WallTime(seconds: 1_700_000_000), accessToken: Secret("access-token"))

  init() throws { keys = try KeySet.parse(Array(SignedTokens.keySet.utf8)) }

  private func check(_ token: some Collection<UInt8>, _ keys: KeySet? = nil) throws(VerificationError)
    -> VerifiedIdentity
  {
    try verify(UnverifiedToken(Secret(token)), keys: keys ?? self.keys, policy: policy, cryptography: OpenSSL())
  }

  @Test func everyAcceptedAlgorithmHasAVector() {
    #expect(Set(SignedTokens.all.map(\.name)) == Set(SignatureAlgorithm.allCases.map(\.rawValue)))
    #expect(keys.count == 6 && keys.refused.isEmpty)
  }

  @Test(arguments: tokens) func aSignedTokenIsBelieved(_ name: String, _ token: String) throws {
    let identity = try check(token.utf8)
    #expect(identity.subject == "alice")
    #expect(identity.issuer == "https://op.example")
    #expect(identity.audiences == ["daypass"])
    #expect(identity.expiration == WallTime(seconds: 1_700_003_600))
    #expect(identity.token.raw == Secret(token))
  }

  @Test(arguments: tokens) func anyChangedByteIsNoticed(_ name: String, _ token: String) {
    let bytes = Array(token.utf8)
    for index in stride(from: 0, to: bytes.count, by: 7) where bytes[index] != UInt8(ascii: ".") {
      var changed = bytes
      changed[index] = bytes[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
      #expect(throws: VerificationError.self) { try check(changed) }
    }
  }

  @Test(arguments: tokens) func aSignatureOfAnotherLengthIsRefused(_ name: String, _ token: String) throws {
    let bytes = Array(token.utf8)
    let dot = try #require(bytes.lastIndex(of: UInt8(ascii: ".")))
    let signature = try #require(Base64URL.decode(bytes[(dot + 1)...]))
    let zeros = Array(repeating: 0 as UInt8, count: signature.count)
    for wrong in [signature + [0], [0] + signature, Array(signature.dropLast()), zeros, [0]] {
      #expect(throws: VerificationError.badSignature) { try check(bytes[...dot] + Array(Base64URL.encode(wrong).utf8)) }
    }
  }

  @Test(arguments: tokens) func anotherKeyOfTheSameNameDoesNotVerify(_ name: String, _ token: String) throws {
    let kids: [ByteText] = ["rsa", "p256", "p384", "p521", "ed25519", "ed448"]
    let foreign = KeySet(kids.map { JSONWebKey(kid: $0, key: IDTokens.key(9)) })
    #expect(throws: VerificationError.self) { try check(token.utf8, foreign) }
  }

  /// CVE-2022-21449: r and s of zero.
  @Test func aSignatureOfZerosIsRefused() throws {
    for (name, size) in [("ES256", 64), ("ES384", 96), ("ES512", 132)] {
      let token = try #require(SignedTokens.all.first { $0.name == name }?.token)
      let dot = try #require(token.lastIndex(of: "."))
      let zeros = Base64URL.encode(Array(repeating: 0, count: size))
      #expect(throws: VerificationError.badSignature) { try check((token[...dot] + zeros).utf8) }
    }
  }

  @Test(arguments: SignedTokens.all.filter { $0.kid != "ed448" }.map(\.token))
  func anAccessTokenThatIsNotItsOwnIsNoticed(_ token: String) {
    var policy = policy
    policy.accessToken = Secret("another")
    #expect(throws: VerificationError.accessTokenHash) {
      try verify(UnverifiedToken(Secret(token)), keys: keys, policy: policy, cryptography: OpenSSL())
    }
  }
}
