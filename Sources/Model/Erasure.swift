/// Overwriting of memory that held a secret.
public enum Erasure {
  /// Zeroes, in a way the optimizer may not drop although nobody reads the memory afterwards.
  public static func erase(_ memory: UnsafeMutableRawBufferPointer) {
    guard let start = memory.baseAddress else { return }
    start.initializeMemory(as: UInt8.self, repeating: 0, count: memory.count)
    pretendToRead(start)
  }

  /// Nothing; but the optimizer must not know, so it leaves in place what was written.
  @inline(never) @_optimize(none)
  private static func pretendToRead(_ memory: UnsafeMutableRawPointer) {}
}
