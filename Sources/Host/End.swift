internal import Glibc

/// Ends the process. Everything that must be put away has been by now, and libraries do not clean up after themselves:
/// threads may be in the middle of one, and it is time in which somebody waits.
public func end(_ code: Int32) -> Never { _exit(code) }
