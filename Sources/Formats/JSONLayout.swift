import Model

extension JSON {
  /// For reading by people: two blanks a level, one member or element a line, a line feed at the end; otherwise as
  /// `serialized`.
  public func indented() -> [UInt8] {
    var bytes: [UInt8] = []
    write(to: &bytes, depth: 0)
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  private func write(to bytes: inout [UInt8], depth: Int) {
    switch self {
    case .array(let elements) where !elements.isEmpty:
      JSON.enclose("[", "]", elements, in: &bytes, depth) { $1.write(to: &$0, depth: depth + 1) }
    case .object(let object) where !object.members.isEmpty:
      JSON.enclose("{", "}", object.members, in: &bytes, depth) {
        $0 += JSON.string($1.key).serialized()
        $0 += ": ".utf8
        $1.value.write(to: &$0, depth: depth + 1)
      }
    case .null, .bool, .number, .string, .array, .object: bytes += serialized()
    }
  }

  private static func enclose<Element>(
    _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ elements: [Element], in bytes: inout [UInt8], _ depth: Int,
    _ write: (inout [UInt8], Element) -> Void
  ) {
    bytes.append(UInt8(ascii: open))
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      breakLine(in: &bytes, depth + 1)
      write(&bytes, element)
    }
    breakLine(in: &bytes, depth)
    bytes.append(UInt8(ascii: close))
  }

  private static func breakLine(in bytes: inout [UInt8], _ depth: Int) {
    bytes.append(UInt8(ascii: "\n"))
    bytes += Array(repeating: UInt8(ascii: " "), count: 2 * depth)
  }
}
