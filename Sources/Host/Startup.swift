internal import CHost
internal import Glibc

/// The first thing `main` does, before any thread: `Host.prepare()`.
///
/// Remembers what the process was given (signals, umask, limits, descriptors), so that a program run by `exec` gets
/// exactly that, and closes the process up: SIGPIPE ignored, nothing blocked, umask 077, no core file, not dumpable,
/// descriptors 0–2 open. Later calls do nothing.
public func prepare() {
  chost_prepare()
}

/// The arguments as they were given, program name first: bytes, because file names need not be UTF-8 and
/// `CommandLine.arguments` repairs what is not.
public func givenArguments() -> [[UInt8]] {
  var count: Int32 = 0
  guard let words = chost_arguments(&count) else { return [] }
  return (0..<max(0, Int(count))).compactMap { words[$0].map { bytes(of: $0) } }
}

/// Arguments and environment where the kernel put them, for who must see every byte as it was given.
public func givenWords() -> (
  count: Int, arguments: UnsafePointer<UnsafeMutablePointer<CChar>?>,
  environment: UnsafePointer<UnsafeMutablePointer<CChar>?>
)? {
  var count: Int32 = 0
  guard let arguments = chost_arguments(&count), let environment = chost_environment() else { return nil }
  return (Int(count), UnsafePointer(arguments), UnsafePointer(environment))
}
