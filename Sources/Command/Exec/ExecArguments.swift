/// `exec CMD -x` without the `--`: everything from CMD on is CMD's, so the separator is put in before the parser could
/// take CMD's options for its own.
enum ExecArguments {
  /// Options of `exec` that take no value; every other option takes one.
  private static let switches: Set<String> = {
    let settings = Setting.all.filter { $0.placeholder == nil }.flatMap { ["--\($0.flag)", "--no-\($0.flag)"] }
    let own = ["--env", "--keep-aws-files", "--allow-imds", "--scrub-ci"]
    return Set(settings + own).union(["--help", "-h", "--version"])
  }()

  static func separated(_ arguments: [String]) -> [String] {
    let own = own(arguments)
    guard own < arguments.count, arguments[own] != "--" else { return arguments }
    return arguments[..<own] + ["--"] + arguments[own...]
  }

  /// How many, from the start, are daypass's own: for `exec` those before CMD or the `--`, for other verbs all.
  static func own(_ arguments: [String]) -> Int {
    guard arguments.first == Exec.name else { return arguments.count }
    var index = 1
    while index < arguments.count {
      let argument = arguments[index]
      guard argument != "--", argument.utf8.first == UInt8(ascii: "-"), argument != "-" else { return index }
      index += switches.contains(argument) || argument.utf8.contains(UInt8(ascii: "=")) ? 1 : 2
    }
    return arguments.count
  }
}
