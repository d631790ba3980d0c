import Model

/// The form of every sealed file: one line that says what it is and which key opens it, then AES-256-GCM.
///
/// ```
/// daypass session 1 file:9f86d081884c7d65 -
/// daypass session 1 keyring:2c26b46b68ffc68f 5d41402abc4b2a76
/// ```
/// Words: the program, the kind of content, the format's version, the key, and the machine (a digest of its id) where
/// the key does not outlive the machine's boot. The line and the file's name are the associated data, and the name is a
/// digest of everything the content belongs to: a file under another name, or with another line, does not open.
struct SealedFile {
  enum Kind: String {
    case session, credentials
    /// An answer for the front, made of those.
    case front

    /// What cannot be made again without anybody's help or a request.
    static let data: [Kind] = [.session, .credentials]

    /// An answer that a crash cuts short does not open, and is made again.
    var durability: Durability { self == .front ? .fleeting : .lasting }
  }

  static let version = 1

  let key: KeyReference
  let machine: String?
  /// As it stands in the file, with its line feed.
  private let line: [UInt8]
  private let sealed: [UInt8]

  enum Reading {
    case sealed(SealedFile)
    /// Written by a newer daypass.
    case newer(version: Int)
    case corrupt
  }

  static func read(_ bytes: [UInt8], kind: Kind) -> Reading {
    guard let end = bytes.prefix(200).firstIndex(of: 0x0A), let line = String(validating: bytes[..<end], as: UTF8.self)
    else { return .corrupt }
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count >= 3, isSame(words[0], "daypass"), isSame(words[1], kind.rawValue),
      let version = version(words[2])
    else { return .corrupt }
    guard version <= SealedFile.version else { return .newer(version: version) }
    guard words.count == 5, let key = KeyReference(words[3]), isSame(words[4], "-") || KeyReference.isID(words[4])
    else {
      return .corrupt
    }
    return .sealed(
      SealedFile(
        key: key, machine: isSame(words[4], "-") ? nil : String(words[4]), line: Array(bytes[...end]),
        sealed: Array(bytes[(end + 1)...])))
  }

  private static func isSame(_ word: Substring, _ text: String) -> Bool { word.utf8.elementsEqual(text.utf8) }

  /// 1 … 9,999, written as numbers are.
  private static func version(_ word: Substring) -> Int? {
    guard (1...4).contains(word.utf8.count), let version = Int(word), version >= 1, isSame(word, String(version)) else {
      return nil
    }
    return version
  }

  static func write(
    _ plaintext: Secret, kind: Kind, name: String, key: SealingKey, machine: String?, _ cryptography: any Cryptography
  ) throws(CryptographyFailure) -> [UInt8] {
    let line = Array("daypass \(kind.rawValue) \(version) \(key.reference) \(machine ?? "-")\n".utf8)
    return line + (try cryptography.seal(plaintext, key: key.secret, associatedData: line + Array(name.utf8)))
  }

  /// Nil unless this key, this name and every bit are right.
  func open(_ key: SealingKey, name: String, _ cryptography: any Cryptography) -> Secret? {
    cryptography.open(sealed, key: key.secret, associatedData: line + Array(name.utf8))
  }
}
