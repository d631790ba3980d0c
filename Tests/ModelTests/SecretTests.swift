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

  @Test func isMatchedByItsBytesAlone() {
    let outside = Array("xabcx".utf8)
    #expect(Secret("abc").matches(outside[1..<4]))
    #expect(Secret("").matches(outside[2..<2]))
    for other in [outside[...], outside[1..<3], outside[0..<3], outside[2..<5], outside[2..<2]] {
      #expect(!Secret("abc").matches(other))
    }
  }

  @Test func erasedMemoryIsZero() {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 100, alignment: 1)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 7)
    Erasure.erase(UnsafeMutableRawBufferPointer(rebasing: memory[10..<90]))
    let rest = [UInt8](repeating: 7, count: 10)
    #expect(Array(memory) == rest + [UInt8](repeating: 0, count: 80) + rest)
    Erasure.erase(UnsafeMutableRawBufferPointer(start: nil, count: 0))
  }

  @Test func lendsItsBytesAndPassesErrorsOn() {
    struct Refusal: Error, Equatable {}
    #expect(throws: Refusal()) { try Secret(canary).withBytes { _ throws(Refusal) in throw Refusal() } }
  }
}
