import Crypto
import Model
import Testing

@Suite struct SealingTests {
  let openSSL = OpenSSL()
  let key = Secret(0..<32)
  let associated = Array("https://id.example\0daypass".utf8)

  /// NIST's GCM specification, test case 16.
  @Test func opensThePublishedVector() throws {
    let key = Secret(hex("feffe9928665731c6d6a8f9467308308 feffe9928665731c6d6a8f9467308308"))
    let associated = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    let sealed = hex(
      """
      cafebabefacedbaddecaf888
      522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
      8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662
      76fc6ece0f4e1768cddf8853bb2d551b
      """)
    let plaintext = try #require(openSSL.open(sealed, key: key, associatedData: associated))
    #expect(
      plaintext.exposedBytes()
        == hex(
          """
          d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
          1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39
          """))
  }

  /// The same specification, test case 13: nothing sealed, nothing associated.
  @Test func opensAnEmptyPlaintext() throws {
    let key = Secret(Array(repeating: 0, count: 32))
    let sealed = Array(repeating: 0, count: 12) + hex("530f8afbc74536b9a963b4f1c4cb738b")
    #expect(try #require(openSSL.open(sealed, key: key, associatedData: [])).isEmpty)
  }

  @Test(arguments: [0, 1, 15, 16, 17, 2000, 100_000])
  func whatIsSealedOpens(_ count: Int) throws {
    let plaintext = Secret((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) })
    for data in [associated, []] {
      let sealed = try openSSL.seal(plaintext, key: key, associatedData: data)
      #expect(sealed.count == 12 + count + 16)
      #expect(try #require(openSSL.open(sealed, key: key, associatedData: data)) == plaintext)
    }
  }

  @Test func everySealIsAnother() throws {
    let seals = try Set((0..<100).map { _ in try openSSL.seal(Secret("x"), key: key, associatedData: []) })
    #expect(seals.count == 100)
    #expect(Set(seals.map { Array($0.prefix(12)) }).count == 100)
  }

  @Test func doesNotOpenWithAnyBitChanged() throws {
    let sealed = try openSSL.seal(Secret("refresh-token"), key: key, associatedData: associated)
    for index in sealed.indices {
      for bit in 0..<8 {
        var changed = sealed
        changed[index] ^= 1 << bit
        #expect(openSSL.open(changed, key: key, associatedData: associated) == nil, "byte \(index), bit \(bit)")
      }
    }
  }

  @Test func doesNotOpenWithAnotherLength() throws {
    let sealed = try openSSL.seal(Secret("refresh-token"), key: key, associatedData: associated)
    for count in 0..<sealed.count {
      #expect(openSSL.open(Array(sealed.prefix(count)), key: key, associatedData: associated) == nil, "first \(count)")
      #expect(openSSL.open(Array(sealed.suffix(count)), key: key, associatedData: associated) == nil, "last \(count)")
    }
    #expect(openSSL.open(sealed + [0], key: key, associatedData: associated) == nil)
  }

  @Test func doesNotOpenWithOtherAssociatedDataOrKey() throws {
    let sealed = try openSSL.seal(Secret("refresh-token"), key: key, associatedData: associated)
    for data in [[], associated + [0], Array(associated.dropLast()), Array(associated.reversed())] {
      #expect(openSSL.open(sealed, key: key, associatedData: data) == nil)
    }
    #expect(openSSL.open(sealed, key: Secret(1..<33), associatedData: associated) == nil)
    #expect(openSSL.open(sealed, key: key, associatedData: associated) != nil)
  }

  @Test(arguments: [0, 16, 24, 31, 33, 64])
  func refusesKeysOfAnotherLength(_ count: Int) throws {
    let short = Secret(Array(repeating: 0, count: count))
    #expect(throws: CryptographyFailure.unusableKey) {
      try openSSL.seal(Secret("x"), key: short, associatedData: [])
    }
    let sealed = try openSSL.seal(Secret("x"), key: key, associatedData: [])
    #expect(openSSL.open(sealed, key: short, associatedData: []) == nil)
  }
}
