import Model

/// Why the sandbox does not start, or refuses an order.
enum SandboxError: Explained, Hashable {
  case cryptography(String)
  case badOption(option: String, expected: String)
  case unknownKey(String, known: [String])
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)
  case unlistenable(address: String, reason: String)

  var kind: FailureKind {
    switch self {
    case .cryptography: .bug
    case .badOption, .unknownKey: .usage
    case .unreadable, .unlistenable: .configuration
    case .unwritable: .output
    }
  }

  var message: String {
    switch self {
    case .cryptography(let what): "the cryptographic library failed: \(what)"
    case .badOption(let option, let expected): "\(option.printable()): expected \(expected)"
    case .unknownKey(let key, let known): "\(key.printable()) is not one of \(known.joined(separator: ", "))"
    case .unreadable(let path, let reason): "\(path.printable()) cannot be read: \(reason.printable())"
    case .unwritable(let path, let reason): "\(path.printable()) cannot be written: \(reason.printable())"
    case .unlistenable(let address, let reason): "\(address.printable()) cannot be listened on: \(reason.printable())"
    }
  }
}
