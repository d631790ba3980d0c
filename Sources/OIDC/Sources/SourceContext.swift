/// What a source may look at to find out where it is: variables and files of this process, and no network.
public struct SourceContext: Sendable {
  private let variables: [String: String]
  private let exists: @Sendable (String) -> Bool
  private let content: @Sendable (String) -> String?

  /// - Parameters:
  ///   - exists: whether there is anything at a path, a socket too.
  ///   - content: a small file's text, nil where it cannot be read.
  public init(
    variables: [String: String], exists: @escaping @Sendable (String) -> Bool = { _ in false },
    content: @escaping @Sendable (String) -> String? = { _ in nil }
  ) {
    self.variables = variables
    self.exists = exists
    self.content = content
  }

  /// A variable's value. Nil if it is not set or empty: workflows cannot unset one, and AWS tools see it so.
  public func value(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }

  /// Whether a variable is set, be it to nothing.
  func isSet(_ name: String) -> Bool { variables[name] != nil }
  func isThere(_ path: String) -> Bool { exists(path) }

  /// Without blanks and line ends around it.
  func line(_ path: String) -> String? {
    content(path).map { text in
      let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
      var bytes = Array(text.utf8).drop(while: isBlank)
      while let last = bytes.last, isBlank(last) { bytes.removeLast() }
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}

/// What shows that this machine or job has an identity of some kind.
enum Mark: Sendable {
  /// A variable that says yes: set to anything but nothing, `false` or `0`.
  case flag(String)
  /// A variable that is set, be it to nothing: then the identity is here and broken.
  case variable(String)
  /// Something at a path.
  case path(String)
  /// A file that holds one of these lines.
  case line(String, of: [String])

  func isSeen(_ context: SourceContext) -> Bool {
    switch self {
    case .flag(let name): context.value(name).map { !["false", "0"].contains($0.lowercased()) } ?? false
    case .variable(let name): context.isSet(name)
    case .path(let path): context.isThere(path)
    case .line(let path, let lines): context.line(path).map(lines.contains) ?? false
    }
  }

  /// For messages: the variable or the path.
  var name: String {
    switch self {
    case .flag(let name), .variable(let name), .path(let name), .line(let name, _): name
    }
  }
}
