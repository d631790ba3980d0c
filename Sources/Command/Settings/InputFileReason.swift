import Broker
import Host

extension InputFileFailure {
  /// What is wrong with the file, where setting and path are named by others.
  var reason: String {
    switch self {
    case .missing: "there is no such file"
    case .empty: "it is empty"
    case .notRegular(_, _, let form): "it is \(form), not a regular file"
    case .tooLarge(_, _, let limit): "it is larger than \(limit) bytes"
    case .unreadable(_, _, let reason), .untrusted(_, _, let reason, _): reason
    }
  }
}

extension InputFailure {
  init(_ failure: InputFileFailure) {
    let cause: Cause =
      switch failure {
      case .missing: .absent
      case .tooLarge: .tooLarge
      case .empty, .notRegular, .unreadable, .untrusted: .other
      }
    self.init(cause, reason: failure.reason)
  }
}
