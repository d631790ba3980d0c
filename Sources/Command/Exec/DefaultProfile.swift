/// The text of an AWS config file without the credentials of its default profile; every other byte is kept.
///
/// The readers of this file differ, so a key goes if any of botocore (Python's configparser), the CRT, Go's or
/// JavaScript's SDK would find it: an indented line that follows a value continues it to most and is a key of its own to
/// JavaScript; a colon serves for an equals sign; names of keys are lowercased; `[DEFAULT]` is part of every profile to
/// Python.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>
struct DefaultProfile {
  let text: [UInt8]
  /// Keys that were taken out, in their order, each once.
  private(set) var removed: [String] = []

  init(without file: [UInt8]) {
    var reader = LineReader()
    var kept: [UInt8] = []
    kept.reserveCapacity(file.count)
    for line in DefaultProfile.lines(of: file) {
      if let key = reader.credentialKey(line) {
        if !key.isEmpty, !removed.contains(key) { removed.append(key) }
      } else {
        kept += line
      }
    }
    text = kept
  }

  /// Where credentials are, how to get them, or whose they are. What belongs to sign-in by name (`sso_session`, …)
  /// begins with `sso_`.
  /// <https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>
  private static let credentialKeys: Set<String> = [
    "aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token", "aws_account_id",
    "aws_credential_expiration", "credential_process", "credential_source", "duration_seconds", "external_id",
    "login_session", "mfa_serial", "role_arn", "role_session_name", "source_profile", "web_identity_token_file",
  ]

  fileprivate static func isCredential(_ key: String) -> Bool {
    credentialKeys.contains(key) || key.hasPrefix("sso_")
  }

  /// Each with its line end: LF, CRLF, or CR alone, which ends a line in Python.
  private static func lines(of file: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    for index in file.indices {
      let byte = file[index]
      let isCRLF = byte == 0x0D && index + 1 < file.count && file[index + 1] == 0x0A
      guard byte == 0x0A || byte == 0x0D, !isCRLF else { continue }
      lines.append(file[start...index])
      start = index + 1
    }
    if start < file.count { lines.append(file[start...]) }
    return lines
  }
}

/// Follows a config file line by line.
private struct LineReader {
  /// To those who take an indented line for the continuation of a value, and to those who do not.
  private var inDefault = (strictly: false, leniently: false)
  /// The key that indented lines would continue.
  private var open: (indentation: Int, isEmpty: Bool, isRemoved: Bool)?

  /// The key if the line is a credential of the default profile, "" if it continues the value of one, else nil.
  mutating func credentialKey(_ line: ArraySlice<UInt8>) -> String? {
    let scalars = Array(String(decoding: line, as: UTF8.self).unicodeScalars)
    let indentation = scalars.prefix(while: isBlank).count
    let content = trimmed(scalars[...])
    guard let first = content.first, first != "#", first != ";" else { return nil }
    let continued = open.flatMap { indentation > $0.indentation ? $0 : nil }
    if let continued, continued.isRemoved { return "" }

    if first == "[", let end = content.lastIndex(of: "]"), let earlier = content.firstIndex(of: "]") {
      let inside = content.index(after: content.startIndex)
      let isDefault = isDefaultProfile(content[inside..<end]) || isDefaultProfile(content[inside..<earlier])
      inDefault.leniently = isDefault
      if continued == nil {
        inDefault.strictly = isDefault
        open = nil
      }
      return nil
    }

    let separator = content.firstIndex { $0 == "=" || $0 == ":" }
    let key = separator.map { lowercased(trimmed(content[..<$0])) } ?? ""
    let isCredential = (inDefault.strictly || inDefault.leniently) && DefaultProfile.isCredential(key)
    if let continued {
      // Below a key without a value there is a nested section, as of `s3`: none of its keys is a credential.
      return !continued.isEmpty && isCredential ? key : nil
    }
    let value = separator.map { trimmed(content[content.index(after: $0)...]) }
    open = (indentation, value?.isEmpty ?? false, isCredential)
    return isCredential ? key : nil
  }
}

private typealias Scalars = ArraySlice<Unicode.Scalar>

/// `[default]`, `[profile default]`, quoted or not.
private func isDefaultProfile(_ name: Scalars) -> Bool {
  let name = trimmed(name)
  if text(name) == "default" || text(name) == "DEFAULT" { return true }
  guard text(name).hasPrefix("profile"), let blank = name.firstIndex(where: isBlank) else { return false }
  let unquoted = name[blank...].filter { !["\"", "'", "\\"].contains($0) }
  return text(trimmed(unquoted[...])) == "default"
}

/// What Python and JavaScript strip: more than ASCII's blanks.
private func isBlank(_ scalar: Unicode.Scalar) -> Bool {
  scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value) || scalar.value == 0xFEFF
}

private func trimmed(_ scalars: Scalars) -> Scalars {
  let rest = scalars.drop(while: isBlank)
  guard let last = rest.lastIndex(where: { !isBlank($0) }) else { return [] }
  return rest[...last]
}

private func lowercased(_ scalars: Scalars) -> String { scalars.map(\.properties.lowercaseMapping).joined() }

private func text(_ scalars: Scalars) -> String {
  var text = ""
  text.unicodeScalars.append(contentsOf: scalars)
  return text
}
