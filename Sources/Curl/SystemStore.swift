import CCurl
import Glibc

/// Where this machine keeps the authorities that it trusts.
struct SystemStore: Sendable {
  let bundle: String?
  /// With a file for each certificate, named after its subject's hash; nil where there is none, or none that is.
  let hashedDirectory: String?

  init(bundle: String?, directory: String?) {
    self.bundle = bundle
    hashedDirectory = directory.flatMap { SystemStore.isHashed($0) ? $0 : nil }
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

  /// Whether there is a name like `5ad8a5d6.0`: one is enough, as a program writes them all (openssl-rehash(1)).
  private static func isHashed(_ directory: String) -> Bool {
    guard let stream = opendir(directory) else { return false }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let isHash = withUnsafeBytes(of: &entry.pointee.d_name) { name in
        name.prefix(8).allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
          && name.dropFirst(8).prefix { $0 != 0 }.elementsEqual(".0".utf8)
      }
      if isHash { return true }
    }
    return false
  }
}
