public import Model

/// Why bytes are not an XML document that is accepted here, or lack an element.
public enum XMLError: Explained, Hashable {
  case tooLarge(limit: Int)
  case notUTF8
  case unexpectedEnd(at: Int)
  case unexpectedByte(UInt8, at: Int)
  /// Anything that starts with `<!`.
  case markupDeclaration(at: Int)
  case processingInstruction(at: Int)
  case unsupportedEncoding
  case malformedReference(at: Int)
  case mismatchedTag(at: Int)
  case mixedContent(at: Int)
  case repeatedAttribute(at: Int)
  case tooDeep(at: Int)
  case trailingData(at: Int)
  case missing(String, in: String)
  case repeated(String, in: String)

  public var kind: FailureKind { .malformed }

  public var message: String {
    switch self {
    case .tooLarge(let limit): "the XML is larger than \(limit) bytes"
    case .notUTF8: "the XML is not UTF-8"
    case .unexpectedEnd(let offset): "the XML breaks off after \(offset) bytes"
    case .unexpectedByte(let byte, let offset): "the XML has an unexpected byte 0x\(hex(byte)) at offset \(offset)"
    case .markupDeclaration(let offset):
      "the XML has a document type, comment or CDATA section at offset \(offset), which is refused"
    case .processingInstruction(let offset):
      "the XML has a processing instruction at offset \(offset), which is refused"
    case .unsupportedEncoding: "the XML is declared to be in an encoding other than UTF-8"
    case .malformedReference(let offset): "the XML has an unknown or malformed reference at offset \(offset)"
    case .mismatchedTag(let offset): "the XML has an end tag at offset \(offset) that does not match its start tag"
    case .mixedContent(let offset): "the XML mixes text and elements at offset \(offset)"
    case .repeatedAttribute(let offset): "the XML has an attribute twice at offset \(offset)"
    case .tooDeep(let offset): "the XML is nested too deeply at offset \(offset)"
    case .trailingData(let offset): "the XML ends, but more follows at offset \(offset)"
    case .missing(let name, let parent): "the XML element \(parent.printable()) has no \(name.printable())"
    case .repeated(let name, let parent): "the XML element \(parent.printable()) has more than one \(name.printable())"
    }
  }
}
