/// A config or credentials file of the AWS tools, for changing a few of its lines and no other byte.
///
/// Read as botocore reads it, which is Python's configparser: a line that is indented further than the option before it
/// goes on with that option, comments fill whole lines, names of options are of any case and end at `=` or `:`.
/// <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html>
public struct AWSConfigText: Sendable {
  public enum Kind: Sendable {
    /// `[default]` and `[profile NAME]`.
    case config
    /// `[NAME]`.
    case credentials
  }

  public struct Entry: Hashable, Sendable {
    /// In lower case.
    public var key: String
    /// Of its first line, without blanks at its ends.
    public var value: String
    /// From 1.
    public var line: Int
  }

  let kind: Kind
  /// Whether it begins with UTF-8's byte order mark: then botocore reads nothing of it, and others what follows.
  public let hasByteOrderMark: Bool
  /// With their line ends.
  private(set) var lines: [[UInt8]]

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Lines end at LF, CR LF, or CR alone.
  public init(_ bytes: [UInt8], kind: Kind) {
    self.kind = kind
    hasByteOrderMark = bytes.starts(with: AWSConfigText.byteOrderMark)
    lines = []
    var line: [UInt8] = []
    for byte in bytes.dropFirst(hasByteOrderMark ? AWSConfigText.byteOrderMark.count : 0) {
      if line.last == 0x0D, byte != 0x0A {
        lines.append(line)
        line = []
      }
      line.append(byte)
      if byte == 0x0A {
        lines.append(line)
        line = []
      }
    }
    if !line.isEmpty { lines.append(line) }
  }

  public var bytes: [UInt8] { (hasByteOrderMark ? AWSConfigText.byteOrderMark : []) + lines.joined() }

  /// Lines of the headers of a profile, from 1: none, one, or several, which botocore refuses to read.
  public func headers(of profile: String) -> [Int] { sections(of: profile).map { $0.header + 1 } }

  /// The settings of a profile in the order of the file.
  public func entries(of profile: String) -> [Entry] {
    sections(of: profile).flatMap(\.options).map { option in
      Entry(key: option.key, value: value(of: lines[option.lines.lowerBound]), line: option.lines.lowerBound + 1)
    }
  }

  /// Gives each setting its value: in its own line where there is one, else behind the profile's last setting, else in
  /// a new section at the end.
  ///
  /// A comment behind an old value goes to a line of its own: for some readers it would be a part of the value.
  public mutating func set(_ settings: [(key: String, value: String)], in profile: String) {
    if sections(of: profile).isEmpty { appendSection(profile) }
    for (key, value) in settings {
      guard let section = sections(of: profile).first else { return }
      if let option = section.options.first(where: { $0.key == key }) {
        let line = lines[option.lines.lowerBound]
        if self.value(of: line) == value, option.lines.count == 1 { continue }
        let (remark, others) = remarks(in: option)
        lines.replaceSubrange(
          option.lines, with: remark + [prefix(of: line) + value.utf8 + AWSConfigText.lineEnd(of: line)] + others)
      } else {
        insert(key, value, into: section)
      }
    }
  }

  /// Takes settings away, and with the last one the section that `set` made, if nothing else is in it.
  public mutating func remove(_ keys: [String], from profile: String) {
    guard let section = sections(of: profile).first else { return }
    for option in section.options.reversed() where keys.contains(option.key) {
      let (remark, others) = remarks(in: option)
      lines.replaceSubrange(option.lines, with: remark + others)
    }
    guard let rest = sections(of: profile).first, rest.options.isEmpty,
      lines[(rest.header + 1)..<rest.end].allSatisfy(AWSConfigText.isBlank)
    else { return }
    // With the blank line that `set` put before it, unless another section has come behind it, which keeps that.
    let isLast = rest.end == lines.count
    let start =
      isLast && rest.header > 0 && AWSConfigText.isBlank(lines[rest.header - 1]) ? rest.header - 1 : rest.header
    lines.removeSubrange(start..<rest.end)
  }

  // MARK: Writing

  private mutating func appendSection(_ profile: String) {
    let end = lineEnd
    if let last = lines.last {
      if AWSConfigText.lineEnd(of: last).isEmpty { lines[lines.count - 1] += end }
      // Also behind one that is there already: `remove` takes one away. A line feed behind a CR would join it.
      lines.append(AWSConfigText.lineEnd(of: last) == [0x0D] ? [0x0D] : end)
    }
    let header = kind == .credentials || profile == "default" ? "[\(profile)]" : "[profile \(profile)]"
    lines.append(Array(header.utf8) + end)
  }

  private mutating func insert(_ key: String, _ value: String, into section: Section) {
    // Indented like its neighbour: more or less would make one of the two a part of the other. In an empty section that
    // is the next header, if it is indented.
    let place = section.options.last?.lines.upperBound ?? section.header + 1
    let neighbour = section.options.last?.lines.lowerBound ?? lines[place...].firstIndex(where: AWSConfigText.says)
    let indent = neighbour.map { lines[$0].prefix(while: AWSConfigText.isIndent) } ?? []
    // A CR before a line feed would join it.
    let end = lines[place...].first?.first == 0x0A ? [0x0A] : lineEnd
    if place > 0, AWSConfigText.lineEnd(of: lines[place - 1]).isEmpty { lines[place - 1] += end }
    lines.insert(Array(indent) + "\(key) = \(value)".utf8 + end, at: place)
  }

  /// The comments of an option whose value goes: what is behind it, on a line of its own, and the lines between those of
  /// a value of several.
  private func remarks(in option: Option) -> (behind: [[UInt8]], between: [[UInt8]]) {
    let line = lines[option.lines.lowerBound]
    let between = lines[option.lines].dropFirst().filter { !AWSConfigText.says($0) }
    guard let comment = AWSConfigText.comment(behind: line) else { return ([], between) }
    let end = AWSConfigText.lineEnd(of: line)
    return ([line.prefix(while: AWSConfigText.isIndent) + comment + (end.isEmpty ? lineEnd : end)], between)
  }

  /// As the file's first line has it.
  private var lineEnd: [UInt8] {
    let first = lines.first.map(AWSConfigText.lineEnd) ?? []
    return first.isEmpty ? [0x0A] : first
  }

  private static func lineEnd(of line: [UInt8]) -> [UInt8] {
    if line.suffix(2) == [0x0D, 0x0A] { return [0x0D, 0x0A] }
    return line.suffix(1).filter { $0 == 0x0A || $0 == 0x0D }
  }

  /// What begins with `#` or `;` behind a blank, without the line's end.
  private static func comment(behind line: [UInt8]) -> [UInt8]? {
    let value = line.drop { !isDelimiter($0) }.dropFirst()
    guard
      let start = zip(value.indices, value.indices.dropFirst()).first(where: { blank, sign in
        isIndent(value[blank]) && (value[sign] == UInt8(ascii: "#") || value[sign] == UInt8(ascii: ";"))
      })?.1
    else { return nil }
    return Array(value[start...].dropLast(lineEnd(of: line).count))
  }

  /// Up to the value.
  private func prefix(of line: [UInt8]) -> [UInt8] {
    let name = line.prefix { !AWSConfigText.isDelimiter($0) }
    let blanks = line.dropFirst(name.count + 1).prefix { $0 == 0x20 || $0 == 0x09 }
    return Array(line.prefix(name.count + 1 + blanks.count))
  }

  private func value(of line: [UInt8]) -> String {
    AWSConfigText.trimmed(line.drop { !AWSConfigText.isDelimiter($0) }.dropFirst())
  }
}
