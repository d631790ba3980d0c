/// Reads fixed fields of ASCII text from left to right. What does not match is not consumed.
struct Scanner {
  private var rest: ArraySlice<UInt8>

  init(_ text: some Collection<UInt8>) { rest = Array(text)[...] }

  var isAtEnd: Bool { rest.isEmpty }

  /// Exactly `count` digits.
  mutating func digits(_ count: Int) -> Int? {
    let field = rest.prefix(count)
    guard field.count == count, let value = decimal(field, atMost: count) else { return nil }
    rest.removeFirst(count)
    return value
  }

  /// As many digits as there are; how many.
  mutating func skipDigits() -> Int {
    let field = rest.prefix(while: isDigit)
    rest.removeFirst(field.count)
    return field.count
  }

  /// Past the first of `words` that stands here.
  mutating func skip(_ words: String...) -> Bool { index(of: words) != nil }

  /// Past the first of `words` that stands here; which one.
  mutating func index(of words: [String]) -> Int? {
    guard let index = words.firstIndex(where: { rest.starts(with: $0.utf8) }) else { return nil }
    rest.removeFirst(words[index].utf8.count)
    return index
  }
}
