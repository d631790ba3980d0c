import Formats
import Model

/// Every secret that was handed out, so that a test can look for them where none may be.
struct HandedOut: Sendable {
  private var values: [String] = []
  private static let capacity = 10_000

  mutating func add(_ secrets: String...) {
    if values.count >= Self.capacity { values.removeFirst(Self.capacity / 2) }
    values += secrets
  }

  var json: JSON { .array(values.map { JSON($0) }) }
}
