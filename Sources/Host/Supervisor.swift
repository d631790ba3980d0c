internal import CHost
internal import Glibc
internal import Model

/// Runs a program as our child, in our process group and on our terminal, and stands aside: signals that we get go to
/// it, its end is ours.
///
/// One at a time in a process, because signal handlers and the reaping of children belong to the process.
public struct Supervisor: ~Copyable {
  /// What becomes due while the child runs. Called once at the start and then after each pause it returned; nil for
  /// never again. It runs between signals, so it must not block.
  public typealias TimedWork = () -> Duration?

  private let child: pid_t
  private let signals: Int32
  private var childIsStopped = false
  /// We stopped when the child did, and have not heard since that it goes on.
  private var followedIntoStop = false
  private var end: Int32?

  private init(child: pid_t, signals: Int32) {
    self.child = child
    self.signals = signals
  }

  /// The child's exit code, or 128 + the signal that ended it.
  /// - Parameter handsOver: standard input, output and error and whatever other descriptors we were given are the
  ///   child's alone from its start on; but process 1 keeps 0–2, see `chost_release_given`.
  public static func run(
    _ program: Program, handsOver: Bool = false, timedWork: TimedWork = { nil }
  ) throws(ExecFailure) -> Int32 {
    chost_become_supervisor()
    let signals = chost_watch()
    guard signals >= 0 else { throw .noProcess(reason: SystemError(errno).reason) }
    defer { chost_unwatch() }
    // One that came earlier ends us before anything is started.
    if let signal = Interrupts.pending { throw .interrupted(Interrupted(signal: signal)) }

    var child: pid_t = 0
    var started = false
    let code = try program.withCForm { chost_spawn($0, &child, &started) }
    if code != 0 {
      throw started ? ExecFailure(program, code) : .noProcess(reason: SystemError(code).reason)
    }
    if handsOver { chost_release_given() }
    var supervisor = Supervisor(child: child, signals: signals)
    return supervisor.wait(timedWork)
  }

  private mutating func wait(_ timedWork: TimedWork) -> Int32 {
    let clocks = SystemClocks()
    var due: BootTime? = clocks.boot()
    while true {
      passSignalsOn()
      takeIn()
      if let end { return end }
      if let moment = due, moment <= clocks.boot() { due = timedWork().map { clocks.boot() + $0 } }
      var timeout: Int32 = -1
      if let moment = due { timeout = milliseconds(toCover: (moment - clocks.boot()).saturatedNanoseconds) }
      var watched = pollfd(fd: signals, events: Int16(POLLIN), revents: 0)
      _ = poll(&watched, 1, timeout)
    }
  }

  /// Each signal sent to us reaches the child once.
  private mutating func passSignalsOn() {
    var signal = chost_signal()
    while chost_watch_next(&signal) {
      if signal.number != SIGCHLD, !hasReachedTheChild(signal) { kill(child, signal.number) }
    }
  }

  /// Keys (^C, ^\, ^Z), a new window size, the use of the terminal from the background and a hang-up go from the
  /// terminal to the whole group, so the child has had them already, unless it has left our group as interactive shells
  /// do. A hang-up goes to the session's leader alone, if that is us.
  private mutating func hasReachedTheChild(_ signal: chost_signal) -> Bool {
    if signal.number == SIGCONT { return wasContinuedWithUs() }
    guard signal.from_kernel != 0, getpgid(child) == getpgrp() else { return false }
    switch signal.number {
    case SIGINT, SIGQUIT, SIGWINCH, SIGTSTP, SIGTTIN, SIGTTOU: return true
    case SIGHUP: return getsid(0) != getpid()
    default: return false
    }
  }

  /// A shell's `fg` and `bg` continue the whole group, by a signal that looks like anybody's.
  private mutating func wasContinuedWithUs() -> Bool {
    guard followedIntoStop else { return false }
    followedIntoStop = false
    takeIn()
    return !childIsStopped
  }

  /// Takes in every child that ended, ours and those that others left to us, and follows ours when it stops for the
  /// terminal's sake: who typed ^Z, or a command that stops itself, waits for a shell that looks at us alone. Not when
  /// somebody else stopped it, who will continue it alone.
  private mutating func takeIn() {
    var pid: pid_t = 0
    var change = CHOST_EXITED
    var value: Int32 = 0
    while chost_reap(&pid, &change, &value) {
      guard pid == child else { continue }
      switch change {
      case CHOST_EXITED: end = value
      case CHOST_KILLED: end = 128 + value
      case CHOST_STOPPED:
        childIsStopped = true
        if [SIGTSTP, SIGTTIN, SIGTTOU].contains(value) {
          followedIntoStop = true
          chost_stop_ourselves(value)
        }
      default: childIsStopped = false
      }
    }
  }
}
