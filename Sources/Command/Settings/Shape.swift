import Broker
import Model

/// What a setting must look like, and how it becomes a value.
struct Shape<Value> {
  /// Completes "must be …".
  let expected: String
  /// Whether a wrong value may be shown. Not where people put a secret by mistake.
  var isShown = true
  /// Nil: not of this shape.
  let value: (Given.Content) -> Value?

  func read(_ given: Given, as setting: String) throws(SettingError) -> Value {
    if let value = value(given.content) { return value }
    throw .badValue(
      setting: setting, origin: given.origin, given: isShown ? given.shown : nil, expected: expected)
  }
}

extension Shape {
  /// One text. Of a flag that is repeated the last counts; control characters are in no setting.
  static func text(_ expected: String, isShown: Bool = true, _ make: @escaping (String) -> Value?) -> Shape {
    Shape(expected: expected, isShown: isShown) { content in
      let text: String? =
        switch content {
        case .flags(let values): values.last
        case .variable(let value), .file(.string(let value)): value
        case .file: nil
        }
      guard let text, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
      return make(text)
    }
  }
}

extension Shape where Value == [String] {
  /// Several texts: an array in the file, a repeated flag (each value split on blanks), or a variable split on blanks
  /// and commas.
  static func list(_ expected: String, upTo limit: Int, _ accepts: @escaping (String) -> Bool) -> Shape<[String]> {
    Shape<[String]>(expected: expected) { content in
      let texts: [String]? =
        switch content {
        case .flags(let values): values.flatMap { $0.split(separator: " ").map(String.init) }
        case .variable(let value): value.split { $0 == " " || $0 == "," || $0 == "\t" || $0 == "\n" }.map(String.init)
        case .file(.array(let values)): strings(values)
        case .file: nil
        }
      guard let texts, texts.count <= limit, texts.allSatisfy(accepts) else { return nil }
      return texts
    }
  }

  private static func strings(_ values: [TOMLValue]) -> [String]? {
    var texts: [String] = []
    for value in values {
      guard case .string(let text) = value else { return nil }
      texts.append(text)
    }
    return texts
  }

  /// An array in the file; anywhere a string that is split on blanks, with double quotes around what holds blanks.
  static func command(_ expected: String) -> Shape<[String]> {
    Shape<[String]>(expected: expected, isShown: false) { content in
      let words: [String]? =
        switch content {
        case .flags(let values): values.last.flatMap(CommandLineText.words)
        case .variable(let value), .file(.string(let value)): CommandLineText.words(value)
        case .file(.array(let values)): strings(values)
        case .file: nil
        }
      guard let words, let program = words.first, !program.isEmpty,
        !words.contains(where: { $0.utf8.contains(0) })
      else { return nil }
      return words
    }
  }
}

extension Shape where Value == Bool {
  static var boolean: Shape<Bool> {
    Shape<Bool>(expected: "true or false (or 1, 0, yes, no)") { content in
      switch content {
      case .flags(let values): values.last.flatMap(truth)
      case .variable(let value), .file(.string(let value)): truth(value)
      case .file(.boolean(let value)): value
      case .file: nil
      }
    }
  }

  private static func truth(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "1", "yes": true
    case "false", "0", "no": false
    default: nil
    }
  }
}

extension Shape where Value == Int {
  /// Whole seconds: digits with `s`, `m`, `h` (`d` where `days`) or nothing, or an integer in the file.
  static func seconds(_ expected: String, in range: ClosedRange<Int>, days: Bool = false) -> Shape<Int> {
    Shape<Int>(expected: expected) { content in
      let seconds: Int? =
        switch content {
        case .flags(let values): values.last.flatMap { TimeSpan.seconds($0, days: days) }
        case .variable(let value), .file(.string(let value)): TimeSpan.seconds(value, days: days)
        case .file(.integer(let value)): Int(exactly: value)
        case .file: nil
        }
      return seconds.flatMap { range.contains($0) ? $0 : nil }
    }
  }
}
