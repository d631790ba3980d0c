internal import Glibc

/// Ends the process. Everything that must be put away has been by now: nothing but libc's own cleaning up runs.
public func end(_ code: Int32) -> Never { exit(code) }
