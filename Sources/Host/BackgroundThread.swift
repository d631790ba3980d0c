internal import Glibc

/// A thread of its own for work that blocks: neither Dispatch nor the concurrency runtime, whose pools a blocked thread
/// would starve.
public enum BackgroundThread {
  /// Runs `body` to its end on a new thread, which nobody waits for; the process may end before it does. Every signal is
  /// blocked there, so that each reaches the thread that is meant to handle it. False if the system gives no thread.
  public static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    // Balanced by the thread, or here if there is none.
    let work = Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { pointer in
        if let pointer { Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body() }
        return nil
      }, work.toOpaque())
    guard code == 0 else {
      work.release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
