public import Model

/// One element of an XML document, of the small part of XML that STS and SAML speak.
///
/// Names are local names: a prefix is dropped, namespaces are read over. An element holds either elements or text, never
/// both.
public struct XMLElement: Sendable, Equatable {
  public let name: String
  public let children: [XMLElement]
  /// As written, references resolved and line ends as LF; empty where there are children.
  public let text: String
  /// Each qualified name once; namespaces among them.
  public let attributes: [Attribute]

  public struct Attribute: Sendable, Equatable {
    /// Local.
    public let name: String
    /// References resolved.
    public let value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  init(name: String, children: [XMLElement], text: String, attributes: [Attribute] = []) {
    self.name = name
    self.children = children
    self.text = text
    self.attributes = attributes
  }

  /// Reads one complete document of at most 1 MiB of UTF-8. Refused, for want of any honest use here: everything that
  /// starts with `<!` (document types, entities, comments, CDATA), processing instructions other than the XML
  /// declaration, elements more than 16 deep.
  public static func parse(_ bytes: [UInt8]) throws(XMLError) -> XMLElement {
    var reader = XMLReader(bytes)
    return try reader.document()
  }

  /// The first child of that name.
  public func child(_ name: String) -> XMLElement? {
    children.first { $0.isNamed(name) }
  }

  /// The child of that name, which must be there exactly once.
  public func only(_ name: String) throws(XMLError) -> XMLElement {
    let matches = children.filter { $0.isNamed(name) }
    guard let match = matches.first else { throw .missing(name, in: self.name) }
    guard matches.count == 1 else { throw .repeated(name, in: self.name) }
    return match
  }

  /// The value of the first attribute of that name.
  public func attribute(_ name: String) -> ByteText? {
    attributes.first { $0.name.utf8.elementsEqual(name.utf8) }.map { ByteText($0.value) }
  }

  public func isNamed(_ name: String) -> Bool { self.name.utf8.elementsEqual(name.utf8) }
}
