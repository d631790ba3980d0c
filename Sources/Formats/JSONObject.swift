public import Model

/// The members of a JSON object in the order in which they were written.
public struct JSONObject: Sendable, Equatable {
  public struct Member: Sendable, Equatable {
    public var key: ByteText
    public var value: JSON

    public init(key: ByteText, value: JSON) {
      self.key = key
      self.value = value
    }
  }

  public var members: [Member]

  /// For building; the caller sees to it that no name occurs twice.
  public init(_ members: [(String, JSON)]) {
    self.members = members.map { Member(key: ByteText($0.0), value: $0.1) }
  }

  init(members: [Member]) { self.members = members }

  /// The member of exactly these bytes.
  public subscript(_ key: String) -> JSON? {
    members.first { $0.key == key }?.value
  }
}
