import CCurl
import Glibc

/// Where this machine keeps the authorities that it trusts.
struct SystemStore: Sendable {
  let bundle: String?
  let hashed: HashedDirectory?

  init(bundle: String?, directory: String?) {
    self.bundle = bundle
    hashed = directory.flatMap { HashedDirectory($0) }
  }

  /// What libcurl was built to read.
  static let libcurls: SystemStore = {
    guard let handle = daypass_curl_easy_init() else { return SystemStore(bundle: nil, directory: nil) }
    defer { daypass_curl_easy_cleanup(handle) }
    // With some TLS libraries libcurl knows of a directory and cannot use one.
    let directory = path(CURLINFO_CAPATH, of: handle).flatMap {
      daypass_curl_set_text(handle, CURLOPT_CAPATH, $0) == CURLE_OK ? $0 : nil
    }
    return SystemStore(bundle: path(CURLINFO_CAINFO, of: handle), directory: directory)
  }()

  private static func path(_ info: CURLINFO, of handle: UnsafeMutableRawPointer) -> String? {
    var path: UnsafePointer<CChar>?
    guard daypass_curl_get_text(handle, info, &path) == CURLE_OK else { return nil }
    return path.map { String(cString: $0) }
  }
}

/// A directory with a file for each certificate, named after its subject's hash, like `5ad8a5d6.0`.
struct HashedDirectory: Sendable {
  let path: String
  /// One of its files, as good as any.
  let sample: String

  /// Nil where there is none so named. One is enough: a program writes them all (openssl-rehash(1)).
  init?(_ path: String) {
    guard let stream = opendir(path) else { return nil }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      guard HashedDirectory.isHash(Array(name.utf8)) else { continue }
      self.path = path
      sample = "\(path)/\(name)"
      return
    }
    return nil
  }

  private static func isHash(_ name: [UInt8]) -> Bool {
    name.count > 9 && name[8] == UInt8(ascii: ".") && (0x30...0x39).contains(name[9])
      && name.prefix(8).allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}
