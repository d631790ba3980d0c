import Formats
import Testing

struct Base64Tests {
  /// RFC 4648 §10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func vectorsOfRFC4648(plain: String, encoded: String) {
    let bare = String(encoded.prefix { $0 != "=" })
    #expect(Base64.encode(Array(plain.utf8)) == encoded)
    #expect(Base64URL.encode(Array(plain.utf8)) == bare)
    #expect(Base64URL.decode(bare.utf8) == Array(plain.utf8))
    #expect(Base64.decode(encoded.utf8) == Array(plain.utf8))
  }

  /// RFC 7515 appendix C.
  @Test func vectorOfRFC7515() {
    #expect(Base64URL.encode([3, 236, 255, 224, 193]) == "A-z_4ME")
    #expect(Base64URL.decode("A-z_4ME".utf8) == [3, 236, 255, 224, 193])
    #expect(Base64.encode([3, 236, 255, 224, 193]) == "A+z/4ME=")
  }

  /// RFC 7617 §2.
  @Test func basicCredentialsOfRFC7617() {
    #expect(Base64.encode(Array("Aladdin:open sesame".utf8)) == "QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
  }

  @Test(arguments: [
    "A", "AAAAA", "Zg==", "Zm8=", "=", "====", "Zm9v\n", " Zm9v", "Zm 9v", "Zm9v\r\n", "A+z_", "A/z_", "Zm9v.", "Zm9é",
    // Bits left over that are not zero: "QQ" is the only spelling of "A"
    "QR", "QS", "Qf", "QUJ", "QUF", "Zh", "Zm9", "Zm9vYh", "\u{0}\u{0}\u{0}\u{0}", "Zm9v\u{0}", "Ｚｍ９ｖ",
  ])
  func refusesEveryOtherSpelling(text: String) {
    #expect(Base64URL.decode(text.utf8) == nil)
  }

  @Test(arguments: [
    "A", "Zg", "Zg=", "Zg===", "=", "==", "====", "Zm9v=", "Zm9v====", "Zm8=Zm8=", "Zm9v\n", "Zm 9", "A-z_", "A-zA",
    "Zh==", "Zm9=", "Z===", "Zg=a", "\u{0}\u{0}\u{0}\u{0}", "Ｚｍ９ｖ",
  ])
  func withPaddingTooThereIsOneSpelling(text: String) {
    #expect(Base64.decode(text.utf8) == nil)
  }

  @Test func everyByteSequenceHasExactlyOneSpelling() {
    var generator = SeededGenerator(seed: 7)
    for length in 0..<200 {
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
      #expect(Base64URL.decode(Base64URL.encode(bytes).utf8) == bytes)
      #expect(Base64.decode(Base64.encode(bytes).utf8) == bytes)
    }
    // Of all texts of two characters, just 256 are one byte.
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    let decoded = alphabet.flatMap { first in alphabet.compactMap { Base64URL.decode([first, $0]) } }
    #expect(decoded.count == 256)
    #expect(Set(decoded).count == 256)
  }

  @Test func onlyTheAlphabetIsAccepted() {
    let accepted = (UInt8.min...UInt8.max).filter { Base64URL.decode([$0, $0, $0, $0]) != nil }
    #expect(accepted.count == 64)
  }
}
