import Model
import Synchronization

/// What was said already: a file is read several times in a run, and a person shall hear of it once.
final class Notices: Sendable {
  private let said = Mutex<Set<String>>([])

  func isNew(_ subject: String) -> Bool { said.withLock { $0.insert(subject).inserted } }
}

extension Surroundings {
  /// - Parameter subject: what the warning is about, where several messages say the same.
  func warnOnce(_ message: String, about subject: String? = nil) {
    if notices.isNew(subject ?? message) { diagnostics.log(.warning, message) }
  }

  /// State that cannot be written costs a warning, and the cache, and nothing else.
  func warnOfUnkept(_ failure: Failure) {
    let hint = failure.hint.map { "; \($0)" } ?? ""
    warnOnce("going on without keeping anything: \(failure.message)\(hint)", about: "unkept")
  }
}
