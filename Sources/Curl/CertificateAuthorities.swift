import CCurl
import Glibc
import Model
import Synchronization

/// The certificate authorities that servers are held against: the system's, and those of one file in addition.
///
/// libcurl takes a bundle file, a directory or bytes, and a file given to it replaces the system's. So the bytes of
/// both are joined where they must be.
///
/// OpenSSL 3 needs 18 ms to read a system's bundle of 140 certificates, for each connection, and next to nothing to
/// find the one it needs in a directory whose files are named after their subjects' hashes (openssl-rehash(1)). So
/// where there is such a directory, the bundle waits until somebody is not found there.
final class CertificateAuthorities: Sendable {
  private let extraFile: String?
  private let givenStore: SystemStore?
  private let otherBundles: [String]
  private let added = Mutex<Certificates?>(nil)
  private let joined = Mutex<Certificates?>(nil)
  /// Whose authority the directory does not have.
  private let hostsBeyondDirectory = Mutex<[String]>([])

  /// - Parameters:
  ///   - store: what libcurl reads by itself; nil: as libcurl says.
  ///   - otherBundles: where the system's may be instead: libcurl can come from another distribution than the system.
  init(
    extraFile: String?, store: SystemStore? = nil, otherBundles: [String] = CertificateAuthorities.knownBundles
  ) {
    self.extraFile = extraFile
    givenStore = store
    self.otherBundles = otherBundles
  }

  private var store: SystemStore { givenStore ?? .libcurls }

  /// Runs `attempt` with what is quickly read, and once more with all there is where that may have been too little.
  /// - Parameters:
  ///   - host: who is to be held against them.
  ///   - mayLack: whether the attempt that failed may have wanted an authority, and had sent nothing.
  func trusting<Value>(
    _ host: String, mayLack: () -> Bool, _ attempt: (TrustedCertificates) throws(TransportFailure) -> Value
  ) throws(TransportFailure) -> Value {
    guard !hostsBeyondDirectory.withLock({ $0.contains(host) }), let few = try directoryAlone() else {
      return try attempt(try all(for: host))
    }
    do throws(TransportFailure) {
      return try attempt(few)
    } catch {
      // A connection that broke is for whoever made the request to try again.
      guard mayLack(), !error.isTransient, let all = try? all(for: host) else { throw error }
      defer {
        if !mayLack() { hostsBeyondDirectory.withLock { $0.append(host) } }
      }
      // Whatever becomes of it now counts: it may have been sent.
      return try attempt(all)
    }
  }

  /// The directory, and one certificate in place of the bundle, which libcurl would read otherwise: of the bundle, so that
  /// nobody is trusted by this who is not by that. Nil where either is missing.
  func directoryAlone() throws(TransportFailure) -> TrustedCertificates? {
    guard let directory = store.hashedDirectory else { return nil }
    let certificates = try once(added) { () throws(TransportFailure) in
      if let extraFile { return try CertificateAuthorities.blocks(ofFile: extraFile) }
      return bundles.lazy.compactMap { try? FileContents.beginning(of: $0, 16 << 10) }.first.map {
        CertificateAuthorities.blocks($0, atMost: 1)
      } ?? []
    }
    return certificates.isEmpty ? nil : TrustedCertificates(certificates: certificates, directory: directory)
  }

  private var bundles: [String] { [store.bundle].compactMap { $0 } + otherBundles }

  func all(for host: String) throws(TransportFailure) -> TrustedCertificates {
    let own = store.bundle
    if extraFile == nil, let own, access(own, R_OK) == 0 {
      return TrustedCertificates(certificates: nil, directory: nil)
    }
    let certificates = try once(joined) { () throws(TransportFailure) in
      var pem = bundles.lazy.compactMap { try? FileContents.read($0) }.first ?? []
      if let extraFile { pem += [UInt8(ascii: "\n")] + (try CertificateAuthorities.blocks(ofFile: extraFile)) }
      guard !pem.isEmpty else { throw CertificateAuthorities.none(for: host) }
      return pem
    }
    return TrustedCertificates(certificates: certificates, directory: nil)
  }

  private func once(
    _ place: borrowing Mutex<Certificates?>, read: () throws(TransportFailure) -> [UInt8]
  ) throws(TransportFailure) -> Certificates {
    try place.withLock { (known) throws(TransportFailure) in
      if let known { return known }
      let certificates = Certificates(file: extraFile, pem: try read())
      known = certificates
      return certificates
    }
  }

  static func none(for host: String) -> TransportFailure {
    .untrusted(host: host, reason: "this machine has no certificate authorities (package ca-certificates)")
  }

  /// Where distributions keep their bundle.
  private static let knownBundles = [
    "/etc/ssl/certs/ca-certificates.crt",  // Debian, Ubuntu, Alpine, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  // Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  // openSUSE
    "/etc/ssl/cert.pem",  // Alpine
  ]

  /// Only the certificates of a file: a private key beside them must not travel into libcurl.
  private static func blocks(ofFile path: String) throws(TransportFailure) -> [UInt8] {
    let contents: [UInt8]
    do throws(FileContents.Unreadable) {
      contents = try FileContents.read(path)
    } catch {
      throw .unusableCAFile(path: path, reason: error.reason)
    }
    let result = blocks(contents, atMost: .max)
    if result.isEmpty { throw .unusableCAFile(path: path, reason: "it holds no PEM certificate") }
    return result
  }

  private static func blocks(_ contents: [UInt8], atMost limit: Int) -> [UInt8] {
    var result: [UInt8] = []
    var pending: [UInt8]?
    var count = 0
    for line in contents.split(omittingEmptySubsequences: true, whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      if isBoundary(line, "BEGIN") { pending = [] }
      pending?.append(contentsOf: line)
      pending?.append(UInt8(ascii: "\n"))
      if isBoundary(line, "END"), let block = pending {
        result += block
        pending = nil
        count += 1
        if count == limit { break }
      }
    }
    return result
  }

  private static func isBoundary(_ line: ArraySlice<UInt8>, _ word: String) -> Bool {
    ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"].contains {
      line.starts(with: "-----\(word) \($0)-----".utf8)
    }
  }
}
