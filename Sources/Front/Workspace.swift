internal import Formats
internal import Glibc

/// The memory and the descriptor that one answer needs. Wiped and closed at the end, whatever came of it.
final class Workspace {
  /// The state directory; -1 until it is open.
  var directory: Int32 = -1
  let path: UnsafeMutableBufferPointer<CChar>
  let sealed: UnsafeMutableRawBufferPointer
  let plaintext: UnsafeMutableRawBufferPointer
  let key: UnsafeMutableRawBufferPointer
  /// Bytes of `plaintext` that hold something.
  var used = 0

  static let keySize = 32

  private init() {
    path = .allocate(capacity: Int(PATH_MAX))
    sealed = .allocate(byteCount: FrontEntry.sizeLimit, alignment: 16)
    plaintext = .allocate(byteCount: FrontEntry.sizeLimit, alignment: 16)
    key = .allocate(byteCount: Workspace.keySize, alignment: 16)
  }

  static func with(_ body: (Workspace) -> Bool) -> Bool {
    let workspace = Workspace()
    defer { workspace.end() }
    return body(workspace)
  }

  private func end() {
    // One by one: a list of them would have the runtime make its type first, which takes longer than all the rest.
    if let start = key.baseAddress { explicit_bzero(start, key.count) }
    if let start = plaintext.baseAddress { explicit_bzero(start, used) }
    if directory >= 0 { close(directory) }
  }
}
