internal import Formats
internal import Glibc
internal import Model
internal import Stat

/// Whether an answer still is what the full program would say: the time, and every file that it was made of.
enum Present {
  static func isAsBefore(_ entry: inout FrontEntryReader, _ directory: Int32) -> Bool {
    while let file = entry.next() {
      guard isAsBefore(file, directory) else { return false }
    }
    return entry.isAtEnd && isIn(entry.window)
  }

  private static func isAsBefore(_ file: FrontEntryReader.File, _ directory: Int32) -> Bool {
    var status = stat()
    let result =
      switch file.place {
      case .path: fstatat(AT_FDCWD, file.name, &status, 0)
      case .state: fstatat(directory, file.name, &status, AT_SYMLINK_NOFOLLOW)
      }
    guard let stamp = file.stamp else { return result != 0 && errno == ENOENT }
    return result == 0 && FileStamp(status) == stamp
  }

  private static func isIn(_ window: FrontEntry.Window) -> Bool {
    var wall = timespec()
    var boot = timespec()
    guard clock_gettime(CLOCK_REALTIME, &wall) == 0, clock_gettime(CLOCK_BOOTTIME, &boot) == 0 else { return false }
    let now = WallTime(seconds: Int64(wall.tv_sec))
    let (nanoseconds, overflow) = Int64(boot.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
    let awake = BootTime(nanoseconds: overflow ? .max : nanoseconds &+ Int64(boot.tv_nsec))
    return window.holds(now, awake)
  }
}
