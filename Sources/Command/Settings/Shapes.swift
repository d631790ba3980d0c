import Broker
import Formats
import Model
import STS

// The shape of each kind of setting. What is checked here is what can be said without asking anybody, so that a slip is
// found before the first request; whoever uses a value still checks what he relies on.

extension Shape where Value == String {
  static var path: Shape { .text("the path of a file", isShown: false, nonEmpty) }
  /// Of a file for what must not be shown, which people put here itself: base64 of XML, XML, a token, percent-encoded
  /// or as a form has it.
  static func path(toFileWith what: String) -> Shape {
    let beginnings = ["PD94", "PHNhbW", "PFJlc3", "<", "eyJ", "%", "SAMLResponse="]
    // Linux takes no longer path.
    return .text("the path of a file with \(what), not \(what) itself", isShown: false) { text in
      let isContent = text.utf8.count > 4095 || beginnings.contains { text.drop { $0 == " " }.hasPrefix($0) }
      return isContent ? nil : nonEmpty(text)
    }
  }

  /// What it may hold is the STS's affair.
  static var tagValue: Shape {
    Shape(expected: "a string, in quotes") { content in if case .file(.string(let text)) = content { text } else { nil }
    }
  }

  static var name: Shape { .text("a name of at most 128 characters") { (1...128).contains($0.utf8.count) ? $0 : nil } }

  static var variableName: Shape {
    // A token put here instead of the variable's name must not be shown.
    .text("the name of a variable (letters, digits and _), not the token itself", isShown: false) { text in
      let isName = text.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "_") }
      return isName && text.utf8.count <= 256 && text.utf8.first?.isASCIIDigit == false ? text : nil
    }
  }

  static var jsonPointer: Shape {
    .text("a JSON pointer such as /value (RFC 6901)") { text in
      let parts = text.split(separator: "~", omittingEmptySubsequences: false).dropFirst()
      let isEscaped = parts.allSatisfy { $0.hasPrefix("0") || $0.hasPrefix("1") }
      return (text.isEmpty || text.hasPrefix("/")) && isEscaped ? text : nil
    }
  }

  static var roleARN: Shape {
    .text("a role's ARN such as arn:aws:iam::123456789012:role/NAME") { isRoleARN($0) ? $0 : nil }
  }

  static var samlProviderARN: Shape {
    .text("a SAML provider's ARN such as arn:aws:iam::123456789012:saml-provider/NAME") { text in
      (try? SAMLProviderARN.parse(text)).map { _ in text }
    }
  }

  /// Loose on purpose: S3-compatible servers leave the account out or name partitions of their own.
  private static func isRoleARN(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count >= 5, let resource = parts.last, (16...2048).contains(text.utf8.count) else { return false }
    return parts[0].elementsEqual("arn".utf8) && !parts[1].isEmpty && parts[2].elementsEqual("iam".utf8)
      && resource.starts(with: "role/".utf8) && resource.count > 5 && isPrintable(text)
  }

  static var sessionName: Shape {
    .text("2 to 64 letters, digits or any of _+=,.@-") { isIAMName($0, 2...64) ? $0 : nil }
  }

  static var externalID: Shape {
    .text("2 to 1224 letters, digits or any of _+=,.@:/-") { isIAMName($0, 2...1224, also: ":/") ? $0 : nil }
  }

  static var region: Shape {
    .text("a region such as eu-central-1") { text in
      let isLabel = text.utf8.allSatisfy {
        $0.isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "-")
      }
      let ends = [text.utf8.first, text.utf8.last]
      return isLabel && (1...63).contains(text.utf8.count) && !ends.contains(UInt8(ascii: "-")) ? text : nil
    }
  }

  static var account: Shape {
    .text("an account number of 12 digits, as text") { text in
      text.utf8.count == 12 && text.utf8.allSatisfy(\.isASCIIDigit) ? text : nil
    }
  }

  static var roleNameOrARN: Shape {
    .text("a role's name, or its ARN") { isRoleARN($0) || isIAMName($0, 1...64) ? $0 : nil }
  }

  fileprivate static func isIAMName(_ text: String, _ length: ClosedRange<Int>, also: String = "") -> Bool {
    length.contains(text.utf8.count)
      && text.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || ("_+=,.@-" + also).utf8.contains($0) }
  }

  private static func nonEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }
}

extension Shape where Value == ByteText {
  static var identifier: Shape {
    .text("text without control characters that is not empty") { $0.isEmpty ? nil : ByteText($0) }
  }

  static var issuer: Shape {
    // OpenID Connect Discovery §3: no query, no fragment.
    .text("an https URL without a query (or http on a loopback), exactly as the provider spells it") { text in
      Shape<WebURL>.secureURL(text).flatMap { $0.query == nil ? ByteText(text) : nil }
    }
  }
}

extension Shape where Value == WebURL {
  static var url: Shape { .text("an https URL (or http on a loopback)", secureURL) }
  /// Such a URL can hold a secret in its query.
  static var secretURL: Shape { .text("an https URL (or http on a loopback)", isShown: false, secureURL) }

  fileprivate static func secureURL(_ text: String) -> WebURL? {
    guard let url = try? WebURL.parse(text), url.isSecureOrLoopback else { return nil }
    return url
  }
}

extension Shape where Value == [String] {
  static var scopes: Shape {
    .list("a list of scope names, as in [\"openid\", \"email\"]", upTo: 100) { text in
      !text.isEmpty && isPrintable(text) && !text.utf8.contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
    }.nonEmpty
  }

  static var policyARNs: Shape {
    .list("at most 10 ARNs such as arn:aws:iam::aws:policy/ReadOnlyAccess, repeated or as a list", upTo: 10) { text in
      let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      return parts.count == 6 && parts[0].elementsEqual("arn".utf8) && parts[2].elementsEqual("iam".utf8)
        && parts[5].starts(with: "policy/".utf8) && parts[5].count > 7 && isPrintable(text)
    }
  }

  static var tagKeys: Shape { .list("at most 50 tag keys", upTo: 50) { (1...128).contains($0.unicodeScalars.count) } }
  static var command: Shape { .command("a command: an array, or a string with double quotes around blanks") }

  private var nonEmpty: Shape {
    let inner = value
    return Shape(expected: expected, isShown: isShown) { content in inner(content).flatMap { $0.isEmpty ? nil : $0 } }
  }
}

extension Shape where Value == TOMLTable {
  static var tags: Shape {
    Shape(expected: "a table of at most 50 tags: { key = \"value\" }") { content in
      if case .file(.table(let table)) = content { table } else { nil }
    }
  }
}

extension Shape where Value == SourceChoice {
  static var source: Shape {
    .text("auto or one of \(SourceChoice.names.joined(separator: ", "))") { text in
      if text == "auto" { return .auto }
      return SourceChoice.names.contains(text) ? .named(text) : nil
    }
  }
}

extension Shape where Value == CredentialDuration {
  static var duration: Shape {
    let seconds = Shape<Int>.seconds("", in: 900...43_200).value
    return Shape(expected: "15m to 12h (900 to 43200 seconds), or max") { content in
      switch content {
      case .flags(let values) where values.last == "max": .maximum
      case .variable("max"), .file(.string("max")): .maximum
      default: seconds(content).map(CredentialDuration.seconds)
      }
    }
  }
}

extension Shape where Value == Duration {
  static var timeout: Shape {
    let seconds = Shape<Int>.seconds("", in: 1...3600).value
    return Shape(expected: "1s to 1h") { content in seconds(content).map { .seconds($0) } }
  }

  static var sessionLifetime: Shape {
    let seconds = Shape<Int>.seconds("", in: 60...315_360_000, days: true).value
    return Shape(expected: "1m to 3650d, as in 12h or 30d") { content in seconds(content).map { .seconds($0) } }
  }
}

extension Shape where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  static var choice: Shape {
    .text("one of " + Value.allCases.map(\.rawValue).joined(separator: ", ")) { Value(rawValue: $0) }
  }
}

/// Visible ASCII.
private func isPrintable(_ text: String) -> Bool { text.utf8.allSatisfy { 0x21 <= $0 && $0 <= 0x7E } }
