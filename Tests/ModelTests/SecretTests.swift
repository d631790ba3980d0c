import Model
import Testing

struct SecretTests {
  private let canary = "CANARY-4f2a"

  @Test func isRedactedHoweverItIsPrinted() {
    struct Holder { let token: Secret }
    let secret = Secret(canary)
    var dumped = ""
    dump(secret, to: &dumped)
    dump(Holder(token: secret), to: &dumped)
    let credentials = AWSCredentials(
      accessKeyID: "AKIA", secretAccessKey: secret, sessionToken: secret, expiration: WallTime(seconds: 0))
    let printed = [
      "\(secret)", String(describing: secret), String(reflecting: secret), "\(Optional(secret) as Any)", "\([secret])",
      "\(["k": secret])", "\(Holder(token: secret))", String(reflecting: Holder(token: secret)), dumped,
      "\(HTTPHeader("authorization", secret: secret))", "\(UnverifiedToken(secret))",
      "\(credentials)",
    ]
    for text in printed {
      #expect(!text.contains("CANARY"))
      #expect(text.contains("<redacted>"))
    }
    #expect(Mirror(reflecting: secret).children.isEmpty)
  }

  @Test func keepsItsBytes() {
    let bytes = Array(UInt8.min...UInt8.max)
    let secret = Secret(bytes)
    #expect(secret.count == 256)
    #expect(secret.exposedBytes() == bytes)
    #expect(secret.withBytes { Array($0) } == bytes)
    #expect(Secret(canary).exposedText() == canary)
    #expect(Secret(bytes[10..<12]).exposedBytes() == [10, 11])
    #expect(Secret("").isEmpty && Secret("").exposedBytes().isEmpty)
  }

  @Test func equalityIsOfAllBytes() {
    #expect(Secret("abc") == Secret("abc"))
    #expect(Secret("") == Secret(""))
    for other in ["", "ab", "abd", "xbc", "abcd", "ABC"] { #expect(Secret("abc") != Secret(other)) }
    // Equal as `String`, not as bytes.
    #expect(Secret("K") != Secret("\u{212A}"))
    #expect(Secret([0, 0]) != Secret([0, 1]))
  }

  @Test func lendsItsBytesAndPassesErrorsOn() {
    struct Refusal: Error, Equatable {}
    #expect(throws: Refusal()) { try Secret(canary).withBytes { _ throws(Refusal) in throw Refusal() } }
  }
}
