extension JSON {
  /// What a JSON pointer (RFC 6901) leads to: `/a/0/b`, with `~1` for a slash and `~0` for a tilde in a name; the whole
  /// value for an empty one. Nil where it leads to nothing, or is no pointer.
  public subscript(pointer pointer: String) -> JSON? {
    if pointer.isEmpty { return self }
    let parts = Array(pointer.utf8).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.first?.isEmpty == true else { return nil }
    var value = self
    for part in parts.dropFirst() {
      guard let name = JSON.unescaped(part), let next = value.element(name) else { return nil }
      value = next
    }
    return value
  }

  private func element(_ name: String) -> JSON? {
    switch self {
    case .object(let object): return object[name]
    case .array(let elements):
      // §4: digits without a zero before them.
      let isIndex = name.utf8.allSatisfy(isDigit) && (name.utf8.first != UInt8(ascii: "0") || name.utf8.count == 1)
      guard isIndex, let index = Int(name), elements.indices.contains(index) else { return nil }
      return elements[index]
    default: return nil
    }
  }

  private static func unescaped(_ part: ArraySlice<UInt8>) -> String? {
    var bytes: [UInt8] = []
    var rest = part[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "~") else {
        bytes.append(byte)
        continue
      }
      switch rest.popFirst() {
      case UInt8(ascii: "0"): bytes.append(byte)
      case UInt8(ascii: "1"): bytes.append(UInt8(ascii: "/"))
      default: return nil
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
