internal import Glibc
public import Model
internal import Synchronization

/// Standard output: data only. A failure is an error, never a trap and never silence, so that a full disk is seen.
public enum StandardOutput {
  public static func write(_ text: String) throws(OutputFailure) {
    try Output.write(Array(text.utf8), to: STDOUT_FILENO)
  }

  public static func write(_ bytes: [UInt8]) throws(OutputFailure) {
    try Output.write(bytes, to: STDOUT_FILENO)
  }

  public static func write(_ secret: Secret) throws(OutputFailure) {
    try secret.withBytes { bytes throws(OutputFailure) in try Output.write(bytes, to: STDOUT_FILENO) }
  }
}

/// Standard error: messages. That one cannot be shown changes nothing, so failures are dropped.
public enum StandardError {
  private static let terminal = Terminal.standardError(.given())
  private static let written = Atomic(false)

  /// Whether anything was said.
  public static var isUsed: Bool { written.load(ordering: .relaxed) }

  public static func write(_ text: String) {
    written.store(true, ordering: .relaxed)
    try? terminal.write(text)
  }

  /// For commands to whoever collects this output, which hold what must not be shown.
  public static func write(_ secret: Secret) {
    written.store(true, ordering: .relaxed)
    try? secret.withBytes { bytes throws(OutputFailure) in try Output.write(bytes, to: STDERR_FILENO) }
  }

  /// Whether another process takes it in as it comes: it is no file that stays, and no screen.
  public static var isTakenIn: Bool {
    var status = stat()
    guard fstat(STDERR_FILENO, &status) == 0 else { return false }
    return [S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT)
  }
}

public enum Output {
  /// Writes everything, to a blocking or a non-blocking descriptor; an interrupt ends a wait for a reader.
  public static func write(_ bytes: [UInt8], to descriptor: Int32) throws(OutputFailure) {
    let result: Result<Void, OutputFailure> = bytes.withUnsafeBytes { buffer in
      do throws(OutputFailure) {
        return .success(try write(buffer, to: descriptor))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(OutputFailure) {
    guard let start = bytes.baseAddress else { return }
    var written = 0
    while written < bytes.count {
      let count = Glibc.write(descriptor, start + written, bytes.count - written)
      if count >= 0 {
        written += count
        continue
      }
      switch errno {
      case EINTR:
        if let signal = Interrupts.pending { throw .interrupted(Interrupted(signal: signal)) }
      case EAGAIN:
        try waitForRoom(descriptor)
      case EPIPE, EBADF: throw .closed
      case ENOSPC, EDQUOT: throw .full
      case let code: throw .failed(reason: SystemError(code).reason)
      }
    }
  }

  private static func waitForRoom(_ descriptor: Int32) throws(OutputFailure) {
    if let signal = Interrupts.pending { throw .interrupted(Interrupted(signal: signal)) }
    var watched = [
      pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0),
      pollfd(fd: Interrupts.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    _ = poll(&watched, nfds_t(watched.count), -1)
  }
}

public enum OutputFailure: Explained, Hashable {
  /// The reader has gone, or the descriptor was never open.
  case closed
  case full
  case failed(reason: String)
  case interrupted(Interrupted)

  public var kind: FailureKind {
    switch self {
    case .closed, .full, .failed: .output
    case .interrupted(let signal): signal.kind
    }
  }

  public var message: String {
    switch self {
    case .closed: "the output cannot be written: nobody reads it"
    case .full: "the output cannot be written: no space left"
    case .failed(let reason): "the output cannot be written: \(reason)"
    case .interrupted(let signal): signal.message
    }
  }

  public var hint: String? {
    switch self {
    case .full: "free the disk it goes to"
    case .closed, .failed, .interrupted: nil
    }
  }
}
