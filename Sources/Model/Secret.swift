/// Bytes that must never be seen: a token, a key, a code.
///
/// Prints as `<redacted>` in every way Swift prints a value, compares in constant time, and is zeroed when the last
/// reference goes. A class, because copies of a struct's array would stay behind in freed memory.
///
/// `@unchecked Sendable`: the storage is written once, before the initializer returns, and only read until `deinit`.
public final class Secret: @unchecked Sendable {
  private let storage: UnsafeMutableRawBufferPointer

  public init(_ bytes: some Collection<UInt8>) {
    storage = .allocate(byteCount: bytes.count, alignment: 1)
    storage.copyBytes(from: bytes)
  }

  /// Bytes that are put together in their place, so that no copy of them is left elsewhere.
  ///
  /// - Parameter fill: is given the memory, all zeroes.
  public init(count: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) {
    storage = .allocate(byteCount: count, alignment: 1)
    storage.initializeMemory(as: UInt8.self, repeating: 0)
    fill(storage)
  }

  public convenience init(_ text: String) {
    self.init(text.utf8)
  }

  deinit {
    Erasure.erase(storage)
    storage.deallocate()
  }

  public var count: Int { storage.count }
  public var isEmpty: Bool { storage.isEmpty }

  /// Lends the bytes for the length of the call; do not let the pointer out.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(storage))
  }

  /// A copy that nobody zeroes. Only for handing the secret to whom it is meant for.
  public func exposedBytes() -> [UInt8] { Array(storage) }

  /// A copy as text that nobody zeroes; bytes that are not UTF-8 become U+FFFD.
  public func exposedText() -> String { String(decoding: storage, as: UTF8.self) }

  /// Constant time in the content, as `==`. For what came from outside and is compared once: no copy of it is made.
  public func matches(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.withUnsafeBytes(isEqual) }
  /// The same.
  public func matches(_ bytes: UnsafeRawBufferPointer) -> Bool { isEqual(to: bytes) }

  fileprivate func isEqual(to other: UnsafeRawBufferPointer) -> Bool {
    guard storage.count == other.count else { return false }
    var difference: UInt8 = 0
    for index in 0..<storage.count { difference |= storage[index] ^ other[index] }
    return difference == 0
  }
}

extension Secret: Equatable {
  /// Constant time in the content; the lengths may be told apart.
  public static func == (left: Secret, right: Secret) -> Bool {
    left.isEqual(to: UnsafeRawBufferPointer(right.storage))
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "<redacted>" }
  public var debugDescription: String { "<redacted>" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
