internal import CHost
public import Model

/// The wish of a person or a system that the program end: SIGINT, SIGTERM or SIGHUP.
///
/// The handler only remembers the signal and makes a descriptor readable for good, so that every wait in the program
/// sees it. A second SIGINT or SIGTERM ends the process at once with 128+n, whatever hangs.
public enum Interrupts {
  /// Signals that were ignored when the program started (`nohup`, `&` in a script) stay ignored. False if the system
  /// has no descriptors left.
  @discardableResult
  public static func install() -> Bool { chost_interrupts_install() }

  /// For `poll`: readable from the first interrupt on, and never to be read. -1, which `poll` passes over, before
  /// `install`.
  public static var descriptor: Int32 { chost_interrupts_descriptor() }

  /// The signal, if one came.
  public static var pending: Int32? {
    let signal = chost_interrupts_pending()
    return signal == 0 ? nil : signal
  }

  public static func check() throws(Interrupted) {
    if let signal = pending { throw Interrupted(signal: signal) }
  }
}
