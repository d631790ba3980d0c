import Model

/// Which key: where it is kept, and a digest that tells it from others kept there.
struct KeyReference: Hashable, CustomStringConvertible {
  var place: SealingPlace
  /// 16 digits of hexadecimal.
  var id: String

  init(place: SealingPlace, id: String) {
    self.place = place
    self.id = id
  }

  init?(_ text: Substring) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let place = SealingPlace(rawValue: String(parts[0])), KeyReference.isID(parts[1]) else {
      return nil
    }
    self.place = place
    id = String(parts[1])
  }

  static func isID(_ text: Substring) -> Bool { text.utf8.count == 16 && text.utf8.allSatisfy(Hexadecimal.isDigit) }

  var description: String { "\(place.rawValue):\(id)" }
}

/// A key with its name.
struct SealingKey: Sendable {
  var reference: KeyReference
  var secret: Secret

  static let byteCount = 32

  /// Nil unless it has 32 bytes.
  init?(_ secret: Secret, place: SealingPlace, _ cryptography: any Cryptography) {
    guard secret.count == SealingKey.byteCount else { return nil }
    let digest = cryptography.digest(.sha256, Array("daypass key id".utf8) + secret.exposedBytes())
    reference = KeyReference(place: place, id: Hexadecimal.encode(digest.prefix(8)))
    self.secret = secret
  }
}
