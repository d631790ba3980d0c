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

/// Which keys were chosen a moment ago for what is sealed anew: their names alone. To choose one is to look through the
/// state directory, and one run may seal thousands of files; but a login elsewhere may bring another, so the choice is
/// made again each minute, and at once where the chosen one is gone.
final class ChosenKeys: Sendable {
  static let lifetime = Duration.seconds(60)
  private let chosen = Mutex<[StoreChoice: (reference: KeyReference, until: BootTime)]>([:])

  /// One choice at a time: of two that both find nothing, each would make a key.
  ///
  /// - Parameter usable: the key, while it can be had.
  func key(
    _ choice: StoreChoice, at now: BootTime, usable: (KeyReference) throws(Failure) -> SealingKey?,
    choose: () throws(Failure) -> SealingKey
  ) throws(Failure) -> SealingKey {
    try chosen.withLock { (chosen) throws(Failure) in
      if let known = chosen[choice], now < known.until, let key = try usable(known.reference) { return key }
      let key = try choose()
      chosen[choice] = (key.reference, now + ChosenKeys.lifetime)
      return key
    }
  }
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
