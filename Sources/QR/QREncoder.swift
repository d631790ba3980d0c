internal import CQREncode

extension QRMatrix {
  /// What the largest symbol takes in byte mode at level L (ISO/IEC 18004, table 7).
  public static let capacity = 2953

  /// Whether libqrencode is on this machine.
  public static var canBeMade: Bool { daypass_qr_open() }

  /// The smallest symbol that holds exactly these bytes: byte mode and error correction level L, because a screen has
  /// no scratches and a small symbol fits into more terminals.
  ///
  /// Only printable ASCII is taken: a scanner shows what it read and the person must see the same; a control character
  /// could end the text early, and beyond ASCII scanners guess the encoding.
  public static func make(_ bytes: [UInt8]) throws(QRFailure) -> QRMatrix {
    guard !bytes.isEmpty else { throw .empty }
    guard bytes.count <= capacity else { throw .tooLong(bytes.count) }
    if let position = bytes.firstIndex(where: { !(0x20...0x7E).contains($0) }) {
      throw .unprintable(position: position)
    }

    guard canBeMade else { throw .noLibrary }
    // The variant that takes a length: the others stop at a zero byte or choose an encoding by themselves.
    guard let symbol = daypass_qr_encode(Int32(bytes.count), bytes) else { throw .library }
    defer { daypass_qr_free(symbol) }
    let width = Int(symbol.pointee.width)
    guard (21...177).contains(width), let data = symbol.pointee.data else { throw .library }
    // Of each byte only the lowest bit is the colour.
    let modules = UnsafeBufferPointer(start: data, count: width * width).map { $0 & 1 == 1 }
    guard let matrix = QRMatrix(width: width, modules: modules) else { throw .library }
    return matrix
  }
}

/// Why there is no QR code. The text beside it always says the same, so nothing depends on it.
public enum QRFailure: Error, Hashable {
  case empty
  case tooLong(Int)
  case unprintable(position: Int)
  /// libqrencode is not on this machine.
  case noLibrary
  /// Memory ran out.
  case library

  public var message: String {
    switch self {
    case .empty: "there is nothing to show as a QR code"
    case .tooLong(let count): "\(count) bytes are too many for a QR code, which holds \(QRMatrix.capacity)"
    case .unprintable(let position): "byte \(position) is not printable ASCII and cannot be shown as a QR code"
    case .noLibrary: "libqrencode is not installed (package libqrencode4 or qrencode-libs)"
    case .library: "the QR code could not be made"
    }
  }
}
