public import Model

/// A pre-issued token in a file (`token_file`). It is read again for every exchange, since whoever writes it replaces
/// it.
public struct FileSource: Sendable {
  public let path: String

  public init(path: String) { self.path = path }

  public enum ReadFailure: Error, Sendable, Hashable {
    case absent
    case unreadable(reason: String)
    /// More than the reader takes.
    case tooLong
  }

  /// - Parameter read: the content of the file at a path; it need not read more than 20,003 bytes.
  public func token(read: (String) throws(ReadFailure) -> [UInt8]) throws(SourceError) -> UnverifiedToken {
    let setting = "token_file \(path)"
    let bytes: [UInt8]
    do throws(ReadFailure) {
      bytes = try read(path)
    } catch {
      switch error {
      case .absent: throw .missing(setting: setting)
      case .unreadable(let reason): throw .unreadable(setting: setting, reason: reason)
      case .tooLong: throw .tooLong(setting: setting)
      }
    }
    return try TokenText.token(bytes, setting: setting)
  }
}
