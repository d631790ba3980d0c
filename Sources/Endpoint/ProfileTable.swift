public import Model
internal import Synchronization

/// The profiles that are served, each behind a token of its own. Replaced as a whole when the configuration is read
/// anew.
public final class ProfileTable: Sendable {
  public struct Entry: Sendable {
    public let name: String
    /// What a client must send as `Authorization`, with or without `Bearer `.
    public let token: Secret
    public let board: CredentialBoard

    public init(name: String, token: Secret, board: CredentialBoard) {
      self.name = name
      self.token = token
      self.board = board
    }
  }

  private let contents: Mutex<Contents>

  public init(_ entries: [Entry] = []) { contents = Mutex(Contents(entries)) }

  public var entries: [Entry] {
    get { contents.withLock { $0 }.entries }
    set {
      let next = Contents(newValue)
      contents.withLock { $0 = next }
    }
  }

  func entry(named name: RequestBytes) -> Entry? {
    let contents = contents.withLock { $0 }
    return contents.byName[Array(name)].map { contents.entries[$0] }
  }

  /// The profile that a token opens.
  ///
  /// Found by a hash whose key is the process's own secret, then compared in constant time: how long it takes says
  /// nothing about the tokens there are, however many profiles are served.
  func entry(openedBy token: RequestBytes) -> Entry? {
    let contents = contents.withLock { $0 }
    guard let found = contents.byToken[token.withUnsafeBytes(Contents.hash)] else { return nil }
    for index in found where contents.entries[index].token.matches(token) { return contents.entries[index] }
    return nil
  }

  private final class Contents: Sendable {
    let entries: [Entry]
    let byName: [[UInt8]: Int]
    let byToken: [Int: [Int]]

    init(_ entries: [Entry]) {
      self.entries = entries
      var byName: [[UInt8]: Int] = [:]
      var byToken: [Int: [Int]] = [:]
      for (index, entry) in entries.enumerated() {
        byName[Array(entry.name.utf8)] = index
        byToken[entry.token.withBytes(Contents.hash), default: []].append(index)
      }
      self.byName = byName
      self.byToken = byToken
    }

    /// SipHash with a random key for each process, which is what the standard library hashes with.
    static func hash(_ token: UnsafeRawBufferPointer) -> Int {
      var hasher = Hasher()
      hasher.combine(bytes: token)
      return hasher.finalize()
    }
  }
}
