import Model

/// The form of every sealed file: one line that says what it is and which key opens it, then AES-256-GCM.
///
/// ```
/// daypass session 1 file:9f86d081884c7d65 -
/// daypass session 1 keyring:2c26b46b68ffc68f 5d41402abc4b2a76
/// ```
/// Words: the program, the kind of content, the format's version, the key, and the machine (a digest of its id) where
/// the key does not outlive the machine's boot. The line and the file's name are the associated data, and the name is a digest of
/// everything the content belongs to: a file under another name, or with another line, does not open.
struct SealedFile {
  enum Kind: String { case session, credentials }

  static let version = 1

  var kind: Kind
  var key: KeyReference
  var machine: String?
  var sealed: [UInt8]

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
    guard words.count >= 3, words[0] == "daypass", words[1] == kind.rawValue, let version = Int(words[2]) else {
      return .corrupt
    }
    guard version <= SealedFile.version else { return .newer(version: version) }
    guard version >= 1, words.count == 5, let key = KeyReference(String(words[3])) else { return .corrupt }
    return .sealed(
      SealedFile(
        kind: kind, key: key, machine: words[4] == "-" ? nil : String(words[4]), sealed: Array(bytes[(end + 1)...])))
  }

  private static func line(_ kind: Kind, _ key: KeyReference, _ machine: String?) -> [UInt8] {
    Array("daypass \(kind.rawValue) \(version) \(key) \(machine ?? "-")\n".utf8)
  }

  static func write(
    _ plaintext: Secret, kind: Kind, name: String, key: SealingKey, machine: String?, _ cryptography: any Cryptography
  ) throws(CryptographyFailure) -> [UInt8] {
    let line = line(kind, key.reference, machine)
    return line + (try cryptography.seal(plaintext, key: key.secret, associatedData: line + Array(name.utf8)))
  }

  /// Nil unless this key, this name and every bit are right.
  func open(_ key: SealingKey, name: String, _ cryptography: any Cryptography) -> Secret? {
    cryptography.open(
      sealed, key: key.secret, associatedData: SealedFile.line(kind, self.key, machine) + Array(name.utf8))
  }
}

/// Which key: where it is kept, and a digest that tells it from others kept there.
struct KeyReference: Hashable, CustomStringConvertible {
  var place: SealingPlace
  var id: String

  init(place: SealingPlace, id: String) {
    self.place = place
    self.id = id
  }

  init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let place = SealingPlace(rawValue: String(parts[0])), parts[1].utf8.count == 16 else { return nil }
    self.place = place
    id = String(parts[1])
  }

  var description: String { "\(place.rawValue):\(id)" }
}

struct SealingKey: Sendable {
  var reference: KeyReference
  var secret: Secret

  static let byteCount = 32

  init?(_ secret: Secret, place: SealingPlace, _ cryptography: any Cryptography) {
    guard secret.count == SealingKey.byteCount else { return nil }
    let digest = cryptography.digest(.sha256, Array("daypass key id".utf8) + secret.exposedBytes())
    reference = KeyReference(place: place, id: Hexadecimal.encode(digest.prefix(8)))
    self.secret = secret
  }
}
