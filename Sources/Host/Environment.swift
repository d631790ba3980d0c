internal import CHost

/// Environment variables, taken once: the process's own block is never changed, because nothing in libc makes that safe
/// beside threads. Entries are bytes, so a program run with them gets what we were given, UTF-8 or not.
public struct Environment: Sendable, Equatable {
  /// `NAME=value`, in the given order.
  public private(set) var entries: [[UInt8]]

  public init(entries: [[UInt8]]) { self.entries = entries }

  public init(_ variables: [String: String] = [:]) {
    entries = variables.sorted { $0.key < $1.key }.map { Array("\($0.key)=\($0.value)".utf8) }
  }

  /// What this process was given.
  public static func given() -> Environment {
    var entries: [[UInt8]] = []
    if var entry = chost_environment() {
      while let text = entry.pointee {
        entries.append(bytes(of: text))
        entry += 1
      }
    }
    return Environment(entries: entries)
  }

  /// Overwrites the value of a variable that this process was given, for whoever looks at /proc/PID/environ. Values of
  /// this type keep what they have read. Only where no other thread may read the environment.
  public static func eraseGiven(_ name: String) {
    guard !name.isEmpty, !name.utf8.contains(0) else { return }
    chost_erase_variable(name)
  }

  /// The first entry of that name, as `getenv` has it. What is not UTF-8 in it reads U+FFFD, which no check takes for
  /// what it looks for: as if unset, it would be no hindrance.
  public subscript(name: String) -> String? { value(of: name).map { String(decoding: $0, as: UTF8.self) } }

  public func value(of name: String) -> ArraySlice<UInt8>? {
    let start = Array("\(name)=".utf8)
    return entries.first { $0.starts(with: start) }?.dropFirst(start.count)
  }

  /// The value, unless it is missing or empty.
  public func nonEmpty(_ name: String) -> String? {
    guard let value = self[name], !value.isEmpty else { return nil }
    return value
  }

  /// All by name, each value as the subscript has it.
  public var variables: [String: String] {
    Dictionary(named.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) }) { first, _ in first }
  }

  /// The names of those whose value is not UTF-8.
  public var undecodableNames: [String] {
    named.filter { String(validating: $0.value, as: UTF8.self) == nil }.map(\.name)
  }

  private var named: [(name: String, value: ArraySlice<UInt8>)] {
    entries.compactMap { entry in
      guard let end = entry.firstIndex(of: UInt8(ascii: "=")),
        let name = String(validating: entry[..<end], as: UTF8.self)
      else { return nil }
      return (name, entry[(end + 1)...])
    }
  }

  /// Of all, be their values UTF-8 or not.
  public var variableNames: Set<String> {
    Set(entries.map { String(decoding: $0.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self) })
  }

  public mutating func set(_ name: String, to value: String) {
    remove(name)
    entries.append(Array("\(name)=\(value)".utf8))
  }

  /// Every entry of that name: a block may hold several.
  public mutating func remove(_ name: String) {
    let start = Array("\(name)=".utf8)
    entries.removeAll { $0.starts(with: start) }
  }

  /// Every entry whose name is one of those, be its value UTF-8 or not.
  public mutating func removeAll(where isOne: (_ name: String) -> Bool) {
    entries.removeAll { isOne(String(decoding: $0.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)) }
  }
}
