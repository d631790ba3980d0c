internal import Glibc

/// Ends the process. Everything that must be put away has been by now: nothing but libc's own cleaning up runs.
public func end(_ code: Int32) -> Never { exit(code) }

/// Ends the process without waiting for threads that may be in the middle of a library, whose cleaning up they would
/// not survive.
public func endAtOnce(_ code: Int32) -> Never { _exit(code) }
