/// A QR symbol: a square of modules, without its quiet zone (ISO/IEC 18004 §5.3).
public struct QRMatrix: Sendable, Hashable {
  /// Modules a side; 21 for version 1, four more for each further one.
  public let width: Int
  private let modules: [Bool]

  /// `modules` row by row, true for dark; nil unless it is a square of `width`.
  public init?(width: Int, modules: [Bool]) {
    guard width > 0, width <= 177, modules.count == width * width else { return nil }
    self.width = width
    self.modules = modules
  }

  /// Whether the module is dark; everything outside the symbol is light.
  public func isDark(row: Int, column: Int) -> Bool {
    guard (0..<width).contains(row), (0..<width).contains(column) else { return false }
    return modules[row * width + column]
  }
}
