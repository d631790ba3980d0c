import Crypto
import Model
import Testing

@Suite struct DigestTests {
  /// FIPS 180-4's example message, and the empty one.
  @Test func computesThePublishedDigests() throws {
    try OpenSSL.prepare()
    let openSSL = OpenSSL()
    let abc = Array("abc".utf8)
    #expect(openSSL.digest(.sha1, abc) == hex("a9993e364706816aba3e25717850c26c9cd0d89d"))
    #expect(
      openSSL.digest(.sha256, abc) == hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
    #expect(
      openSSL.digest(.sha384, abc)
        == hex(
          """
          cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed
          8086072ba1e7cc2358baeca134c825a7
          """))
    #expect(
      openSSL.digest(.sha512, abc)
        == hex(
          """
          ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a
          2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f
          """))
    #expect(openSSL.digest(.sha256, []) == hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"))
  }

  @Test func randomBytesAreAsManyAsAskedAndNeverTheSame() throws {
    let openSSL = OpenSSL()
    for count in [0, 1, 12, 32, 70_000] { #expect(try openSSL.randomBytes(count).count == count) }
    let values = try Set((0..<1000).map { _ in try openSSL.randomBytes(16) })
    #expect(values.count == 1000)
  }

  @Test(arguments: [-1, Int.min, Int.max, 1 << 31])
  func randomBytesRefusesImpossibleCounts(_ count: Int) {
    #expect(throws: CryptographyFailure.noRandomness) { try OpenSSL().randomBytes(count) }
  }
}
