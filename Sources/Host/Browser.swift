internal import CHost

/// A browser on this machine, for a login that ends here.
public enum Browser {
  /// Starts the program of BROWSER, else the desktop's own, with the address as its only argument. False where there is
  /// neither a display nor such a program; the person then opens the address by hand.
  public static func open(_ url: String, _ environment: Environment) -> Bool {
    let named = environment.nonEmpty("BROWSER")
    let hasDisplay = environment.nonEmpty("DISPLAY") != nil || environment.nonEmpty("WAYLAND_DISPLAY") != nil
    guard named != nil || hasDisplay else { return false }
    // The shell only takes the program's output away from ours and does not wait; name and address are arguments to it.
    let script = "command -v -- \"$0\" >/dev/null 2>&1 || exit 1; \"$0\" \"$1\" </dev/null >/dev/null 2>&1 &"
    let shell = Program("/bin/sh", ["-c", script, named ?? "xdg-open", url], environment: environment)
    var child: Int32 = 0
    var started = false
    guard (try? shell.withCForm({ chost_spawn($0, &child, &started) })) == 0 else { return false }
    return chost_wait(child) == 0
  }
}
