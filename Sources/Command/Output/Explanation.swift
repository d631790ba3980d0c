import Model

extension Explained {
  /// What happened, then what to try, on one line.
  var explanation: String { message + (hint.map { "; \($0)" } ?? "") }
}
