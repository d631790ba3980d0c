import CCurl
import Glibc
import Model
import Synchronization

/// The certificate authorities that servers are held against: the system's, and those of one file in addition.
///
/// libcurl takes a bundle file, a directory or bytes, and a file given to it replaces the system's. So the bytes of
/// both are joined here; the system's certificate directory stays in force beside them.
final class CertificateAuthorities: Sendable {
  private let extraFile: String?
  private let ownBundle: String?
  private let otherBundles: [String]
  private let loaded = Mutex<Certificates?>(nil)

  /// - Parameters:
  ///   - ownBundle: the file that libcurl reads by itself.
  ///   - otherBundles: where the system's may be instead: libcurl can come from another distribution than the system.
  init(
    extraFile: String?, ownBundle: String? = CertificateAuthorities.libcurlsBundle,
    otherBundles: [String] = CertificateAuthorities.knownBundles
  ) {
    self.extraFile = extraFile
    self.ownBundle = ownBundle
    self.otherBundles = otherBundles
  }

  /// Nil where what libcurl reads by itself is all there is to trust.
  /// - Parameter host: who is to be held against them, for messages.
  func certificates(for host: String) throws(TransportFailure) -> Certificates? {
    if extraFile == nil, let ownBundle, access(ownBundle, R_OK) == 0 { return nil }
    return try loaded.withLock { (known) throws(TransportFailure) in
      if let known { return known }
      let bundles = [ownBundle].compactMap { $0 } + otherBundles
      var pem = bundles.lazy.compactMap { try? FileContents.read($0) }.first ?? []
      if let extraFile { pem += [UInt8(ascii: "\n")] + (try CertificateAuthorities.blocks(ofFile: extraFile)) }
      guard !pem.isEmpty else { throw CertificateAuthorities.none(for: host) }
      let certificates = Certificates(file: extraFile, pem: pem)
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

  private static let libcurlsBundle: String? = {
    guard let handle = curl_easy_init() else { return nil }
    defer { curl_easy_cleanup(handle) }
    var path: UnsafePointer<CChar>?
    guard daypass_curl_get_text(handle, CURLINFO_CAINFO, &path) == CURLE_OK else { return nil }
    return path.map { String(cString: $0) }
  }()

  /// Only the certificates of a file: a private key beside them must not travel into libcurl.
  private static func blocks(ofFile path: String) throws(TransportFailure) -> [UInt8] {
    let contents: [UInt8]
    do throws(FileContents.Unreadable) {
      contents = try FileContents.read(path)
    } catch {
      throw .unusableCAFile(path: path, reason: error.reason)
    }
    var result: [UInt8] = []
    var pending: [UInt8]?
    for line in contents.split(omittingEmptySubsequences: true, whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      if isBoundary(line, "BEGIN") { pending = [] }
      pending?.append(contentsOf: line)
      pending?.append(UInt8(ascii: "\n"))
      if isBoundary(line, "END"), let block = pending {
        result += block
        pending = nil
      }
    }
    if result.isEmpty { throw .unusableCAFile(path: path, reason: "it holds no PEM certificate") }
    return result
  }

  private static func isBoundary(_ line: ArraySlice<UInt8>, _ word: String) -> Bool {
    ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"].contains {
      line.starts(with: "-----\(word) \($0)-----".utf8)
    }
  }
}

/// PEM bytes at an address that stays, which is how libcurl borrows them.
///
/// `@unchecked Sendable`: written once, before the initializer returns, and only read until `deinit`.
final class Certificates: @unchecked Sendable {
  /// What was added to the system's, for messages.
  let file: String?
  let storage: UnsafeMutableRawBufferPointer

  init(file: String?, pem: [UInt8]) {
    self.file = file
    storage = .allocate(byteCount: pem.count, alignment: 1)
    storage.copyBytes(from: pem)
  }

  deinit { storage.deallocate() }
}

/// A whole small file; never a device, never a pipe that nobody writes to.
enum FileContents {
  struct Unreadable: Error { let reason: String }
  private static let limit = 8 << 20

  static func read(_ path: String) throws(Unreadable) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Unreadable(reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Unreadable(reason: "it is not a regular file")
    }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while result.count <= limit {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw Unreadable(reason: String(cString: strerror(errno))) }
      if count == 0 { return result }
      result += buffer.prefix(count)
    }
    throw Unreadable(reason: "it is larger than \(limit) bytes")
  }
}
