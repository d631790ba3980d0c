import Model
import Synchronization

/// The key file's key for the length of one operation, which opens several files with it. No longer: a key that is taken
/// away locks what it sealed.
final class KeyMemory: Sendable {
  private let kept = Mutex<SealingKey?>(nil)

  func key(_ reference: KeyReference) -> SealingKey? {
    kept.withLock { $0?.reference == reference ? $0 : nil }
  }

  func remember(_ key: SealingKey) { kept.withLock { $0 = key } }
}

/// Which key opened the last file that was opened: its name alone.
final class OpenedKey: Sendable {
  private let last = Mutex<KeyReference?>(nil)

  var reference: KeyReference? { last.withLock { $0 } }
  func note(_ reference: KeyReference) { last.withLock { $0 = reference } }
}

extension Surroundings {
  /// For one operation.
  var rememberingKey: Surroundings {
    var surroundings = self
    surroundings.keyMemory = KeyMemory()
    return surroundings
  }
}
