import Glibc
import Model
import Testing

@testable import Curl

/// Whom the system trusts, wherever it says so, and one file in addition.
@Suite struct AuthorityTests {
  private let files: TestAuthority
  private let system: String
  private let extra: String

  init() throws {
    files = try TestAuthority()
    system = files.write("system.pem", "-----BEGIN CERTIFICATE-----\nSYSTEM\n-----END CERTIFICATE-----\n")
    extra = files.write("extra.pem", "-----BEGIN CERTIFICATE-----\nEXTRA\n-----END CERTIFICATE-----\n")
  }

  private func text(_ extraFile: String?, own: String?, others: [String]) throws(TransportFailure) -> String? {
    let authorities = CertificateAuthorities(extraFile: extraFile, ownBundle: own, otherBundles: others)
    return try authorities.certificates(for: "op.example").map { String(decoding: $0.storage, as: UTF8.self) }
  }

  @Test func whatLibcurlFindsByItselfIsLeftToIt() throws {
    defer { files.remove() }
    #expect(try text(nil, own: system, others: [extra]) == nil)
  }

  @Test func theSystemsBundleIsFoundWhereLibcurlDoesNotLook() throws {
    defer { files.remove() }
    for own in [nil, "/nonexistent/bundle.pem"] {
      let found = try text(nil, own: own, others: ["/nonexistent/a", system, extra])
      #expect(found?.contains("SYSTEM") == true)
      #expect(found?.contains("EXTRA") == false)
    }
  }

  @Test func aFileIsAddedToTheSystemsWhereverThatIs() throws {
    defer { files.remove() }
    for (own, others) in [(system, []), ("/nonexistent/bundle.pem", [system])] {
      let found = try text(extra, own: own, others: others)
      #expect(found?.contains("SYSTEM") == true)
      #expect(found?.contains("EXTRA") == true)
    }
    #expect(try text(extra, own: nil, others: [])?.contains("EXTRA") == true)
  }

  @Test func withoutAnyNobodyIsTrusted() {
    defer { files.remove() }
    #expect(throws: CertificateAuthorities.none(for: "op.example")) {
      try text(nil, own: nil, others: ["/nonexistent/a"])
    }
  }
}
