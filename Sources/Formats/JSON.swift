public import Model

/// A JSON value (RFC 8259) as it was written: members in order, numbers by their digits.
///
/// Two values are equal if they are written the same way but for white space and escapes: `1` and `1.0` differ.
public enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(ByteText)
  case array([JSON])
  case object(JSONObject)

  /// Reads one complete document, and nothing that two readers could understand differently: UTF-8 without a byte order
  /// mark, no member name twice (compared by bytes, escapes resolved), no lone surrogates, nothing after the value.
  ///
  /// `maximumDepth` counts arrays and objects inside one another; more than 128 is taken as 128, so that neither
  /// reading nor freeing a value can exhaust the stack.
  public static func parse(_ bytes: [UInt8], maximumDepth: Int = 32) throws(JSONError) -> JSON {
    var reader = JSONReader(bytes, maximumDepth: min(maximumDepth, 128))
    return try reader.document()
  }

  /// The value without white space, as UTF-8. Control characters (C0, DEL, C1) are escaped, so that a line of it can be
  /// shown on a terminal.
  public func serialized() -> [UInt8] {
    var writer = JSONWriter()
    writer.write(self)
    return writer.bytes
  }
}

extension JSON {
  public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
  public var array: [JSON]? { if case .array(let elements) = self { elements } else { nil } }
  public var text: ByteText? { if case .string(let text) = self { text } else { nil } }
  public var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
  /// The value of a number that is an integer, however it is written; nil for everything else.
  public var integer: Int64? { if case .number(let number) = self { number.integer } else { nil } }
}

extension JSON {
  public init(_ text: String) { self = .string(ByteText(text)) }
  public init(_ integer: Int64) { self = .number(JSONNumber(integer)) }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral text: String) { self.init(text) }
  public init(integerLiteral integer: Int64) { self.init(integer) }
  public init(booleanLiteral bool: Bool) { self = .bool(bool) }
  public init(nilLiteral: ()) { self = .null }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  /// Keeps the order; the writer of the literal sees to it that no name occurs twice.
  public init(dictionaryLiteral members: (String, JSON)...) { self = .object(JSONObject(members)) }
}
