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

/// Which key opened the files of this run: its name alone.
final class OpenedKey: Sendable {
  private let seen = Mutex<Set<KeyReference>>([])

  /// Nil also where there were several: what is sealed with one of them would outlive the others.
  var reference: KeyReference? { seen.withLock { $0.count == 1 ? $0.first : nil } }
  func note(_ reference: KeyReference) { seen.withLock { _ = $0.insert(reference) } }
}

extension Surroundings {
  /// For one operation.
  var rememberingKey: Surroundings {
    var surroundings = self
    surroundings.keyMemory = KeyMemory()
    return surroundings
  }
}
