import Model

/// What the program is asked: its arguments, what of the environment can shape an answer, and as whom it runs. Front and
/// full program make the same digest of it, from the same memory, by this very code.
///
/// C's own arrays, unread and uncopied: this is on the path that is to cost next to nothing.
public struct FrontQuestion {
  public typealias Words = UnsafePointer<UnsafeMutablePointer<CChar>?>

  private let arguments: Words
  private let count: Int
  private let environment: Words

  /// - Parameters:
  ///   - arguments: `count` words, the program's name first.
  ///   - environment: ends with a null pointer.
  public init(arguments: Words, count: Int, environment: Words) {
    self.arguments = arguments
    self.count = count
    self.environment = environment
  }

  // MARK: Verbs

  /// Whether it is one of the questions whose answers are kept at all.
  public var isKept: Bool {
    guard count > 1, let verb = arguments[1] else { return false }
    return Self.isEqual(verb, "credential-process") || Self.isEqual(verb, "token") || Self.isEqual(verb, "credentials")
  }

  // MARK: Its digest

  private static let variableLimit = 64

  /// Gives every byte that belongs to the question to `sink`, each word with its length before it: no two questions
  /// give the same bytes. Variables come in the order of their names, because every shell has an order of its own; those
  /// of one name as they stand, because the first of them counts.
  ///
  /// - Parameter account: effective user and group, and every further group: who may read what.
  /// - Returns: false where there are too many variables; the bytes then stand for nothing.
  public func feed(account: UnsafeBufferPointer<UInt32>, _ sink: (UnsafeRawBufferPointer) -> Void) -> Bool {
    feed(Version.text, sink)
    for index in 1..<max(1, count) {
      if let word = arguments[index] { feed(word, sink) }
    }
    // No word is this long.
    feed(UInt64.max, sink)
    let fits = withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>.self, capacity: Self.variableLimit) { variables in
      guard let count = gather(variables) else { return false }
      for index in 0..<count { feed(variables[index], sink) }
      return true
    }
    feed(UInt64.max, sink)
    feed(UInt64(account.count), sink)
    sink(UnsafeRawBufferPointer(account))
    return fits
  }

  /// Those that count, ordered; their number, nil where they are too many.
  private func gather(_ variables: UnsafeMutableBufferPointer<UnsafePointer<CChar>>) -> Int? {
    var count = 0
    var entry = environment
    while let text = entry.pointee {
      entry += 1
      guard Self.isInput(text) else { continue }
      guard count < variables.count else { return nil }
      var place = count
      while place > 0, Self.isName(of: text, before: variables[place - 1]) {
        variables[place] = variables[place - 1]
        place -= 1
      }
      variables[place] = UnsafePointer(text)
      count += 1
    }
    return count
  }

  private static func isName(of text: UnsafePointer<CChar>, before other: UnsafePointer<CChar>) -> Bool {
    var index = 0
    while true {
      let (byte, otherByte) = (nameByte(text[index]), nameByte(other[index]))
      if byte != otherByte { return byte < otherByte }
      if byte == 0 { return false }
      index += 1
    }
  }

  /// Zero from the name's end on.
  private static func nameByte(_ character: CChar) -> UInt8 {
    let byte = UInt8(bitPattern: character)
    return byte == UInt8(ascii: "=") ? 0 : byte
  }

  private func feed(_ text: String, _ sink: (UnsafeRawBufferPointer) -> Void) {
    var text = text
    text.withUTF8 { sink(UnsafeRawBufferPointer($0)) }
  }

  private func feed(_ word: UnsafePointer<CChar>, _ sink: (UnsafeRawBufferPointer) -> Void) {
    let length = Self.length(word)
    feed(UInt64(length), sink)
    sink(UnsafeRawBufferPointer(start: word, count: length))
  }

  private func feed(_ number: UInt64, _ sink: (UnsafeRawBufferPointer) -> Void) {
    withUnsafeBytes(of: number.littleEndian) { sink($0) }
  }

  // MARK: The environment

  /// Whether an entry can shape an answer: every variable of ours, those that say where things lie, the AWS variables
  /// that are settings, those by which a CI is told what to blot out, and what readies libcrypto. Keys that happen to be
  /// there are none.
  static func isInput(_ entry: UnsafePointer<CChar>) -> Bool {
    switch UInt8(bitPattern: entry[0]) {
    case UInt8(ascii: "D"): begins(entry, "DAYPASS_")
    case UInt8(ascii: "X"): begins(entry, "XDG_CONFIG_HOME=") || begins(entry, "XDG_STATE_HOME=")
    case UInt8(ascii: "H"): begins(entry, "HOME=")
    case UInt8(ascii: "A"):
      begins(entry, "AWS_")
        && (begins(entry, "AWS_REGION=") || begins(entry, "AWS_DEFAULT_REGION=")
          || begins(entry, "AWS_ENDPOINT_URL_STS=") || begins(entry, "AWS_CA_BUNDLE=")
          || begins(entry, "AWS_ROLE_ARN=") || begins(entry, "AWS_ROLE_SESSION_NAME=")
          || begins(entry, "AWS_WEB_IDENTITY_TOKEN_FILE="))
    case UInt8(ascii: "C"): begins(entry, "CREDENTIALS_DIRECTORY=")
    case UInt8(ascii: "S"): begins(entry, "SSL_CERT_FILE=")
    case UInt8(ascii: "G"): begins(entry, "GITHUB_ACTIONS=") || begins(entry, "GITLAB_CI=")
    case UInt8(ascii: "B"): begins(entry, "BUILDKITE=")
    case UInt8(ascii: "O"): begins(entry, "OPENSSL_")
    default: false
    }
  }

  /// The value of the first entry of that name; nil where it is missing or empty.
  ///
  /// - Parameter name: with its `=`.
  public func value(_ name: StaticString) -> UnsafePointer<CChar>? {
    var entry = environment
    while let text = entry.pointee {
      if Self.begins(text, name) {
        let value = text + name.utf8CodeUnitCount
        return value[0] == 0 ? nil : UnsafePointer(value)
      }
      entry += 1
    }
    return nil
  }

  /// Writes the state directory's path and a zero to `path`. False where it is not said by the environment, or too
  /// long.
  public func statePath(_ path: UnsafeMutableBufferPointer<CChar>) -> Bool {
    let (base, rest): (UnsafePointer<CChar>, StaticString)
    if let own = value("DAYPASS_HOME=") {
      (base, rest) = (own, "")
    } else if let state = value("XDG_STATE_HOME="), UInt8(bitPattern: state[0]) == UInt8(ascii: "/") {
      (base, rest) = (state, "/daypass")
    } else if let home = value("HOME=") {
      (base, rest) = (home, "/.local/state/daypass")
    } else {
      return false
    }
    var end = Self.length(base)
    guard end + rest.utf8CodeUnitCount < path.count else { return false }
    for index in 0..<end { path[index] = base[index] }
    for index in 0..<rest.utf8CodeUnitCount { path[end + index] = CChar(bitPattern: rest.utf8Start[index]) }
    end += rest.utf8CodeUnitCount
    // The system would follow a link in a place that ends with a slash.
    while end > 1, UInt8(bitPattern: path[end - 1]) == UInt8(ascii: "/") { end -= 1 }
    path[end] = 0
    return true
  }

  // MARK: Bytes

  private static func length(_ text: UnsafePointer<CChar>) -> Int {
    var length = 0
    while text[length] != 0 { length += 1 }
    return length
  }

  private static func begins(_ text: UnsafePointer<CChar>, _ start: StaticString) -> Bool {
    for index in 0..<start.utf8CodeUnitCount
    where UInt8(bitPattern: text[index]) != start.utf8Start[index] { return false }
    return true
  }

  private static func isEqual(_ text: UnsafePointer<CChar>, _ other: StaticString) -> Bool {
    begins(text, other) && text[other.utf8CodeUnitCount] == 0
  }
}
