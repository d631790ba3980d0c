import Formats
import Model
import Testing

struct FormEncodingTests {
  @Test func keepsUnreservedCharactersOnly() {
    let kept = (UInt8.min...UInt8.max).filter { FormEncoding.percentEncode([$0]).utf8.count == 1 }
    let unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    #expect(Set(kept) == Set(unreserved.utf8))
    #expect(FormEncoding.percentEncode("a b+c&d=e/é".utf8) == "a%20b%2Bc%26d%3De%2F%C3%A9")
    #expect(FormEncoding.percentEncode([0, 0x0A, 0x7F, 0xFF]) == "%00%0A%7F%FF")
  }

  @Test func writesFieldsInOrder() {
    let body = FormEncoding.encode([
      FormField("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), FormField("a&b", "=\n"),
      FormField("secret", secret: Secret("p+w d")), FormField("empty", ""),
    ])
    #expect(
      body.exposedText() == "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&a%26b=%3D%0A"
        + "&secret=p%2Bw%20d&empty=")
    #expect(FormEncoding.encode([]).isEmpty)
  }

  @Test func readsWhatItWrites() {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<500 {
      let fields = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
        FormField(text(&generator) + "n", secret: Secret(text(&generator)))
      }
      #expect(FormEncoding.decode(FormEncoding.encode(fields).exposedBytes()) == fields)
    }
  }

  @Test func readsWhatOthersWrite() {
    #expect(decode("a=1&b=x+y%20z&c") == [FormField("a", "1"), FormField("b", "x y z"), FormField("c", "")])
    #expect(decode("a=b=c&&d=%c3%A9") == [FormField("a", "b=c"), FormField("d", "é")])
    #expect(decode("=1") == [FormField("", "1")])
    #expect(decode("") == [])
    // Names are not merged: what comes twice is there twice.
    #expect(decode("a=1&a=2")?.count == 2)
  }

  @Test(arguments: [
    "%", "a=%", "a=%4", "a=%4g", "a=%g4", "a=%+1", "%zz=1", "a=%FF", "a=%C3", "a=%C0%AF", "a=%ED%A0%80",
  ])
  func refusesBrokenEscapesAndText(body: String) {
    #expect(decode(body) == nil)
  }

  @Test func refusesMoreThanAThousandFields() {
    #expect(decode(String(repeating: "a&", count: 1_000))?.count == 1_000)
    #expect(decode(String(repeating: "a&", count: 1_001)) == nil)
    #expect(decode(String(repeating: "a&", count: 1 << 19)) == nil)
  }

  private func decode(_ body: String) -> [FormField]? { FormEncoding.decode(body.utf8) }

  private func text(_ generator: inout SeededGenerator) -> String {
    let scalars = (0..<Int.random(in: 0...12, using: &generator)).compactMap { _ in
      Unicode.Scalar(UInt32.random(in: 0...0x2FF, using: &generator))
    }
    return String(String.UnicodeScalarView(scalars))
  }
}
