import Model

/// The state directory, with its failures as everyone here throws them.
extension Surroundings {
  /// Where state is kept, for what cannot do without.
  func stateOrFailure() throws(Failure) -> any StateDirectory {
    guard let state else {
      throw Failure(
        .configuration, "there is no state directory: HOME is not set and this user has no passwd entry",
        hint: "set DAYPASS_HOME to a directory of your own")
    }
    return state
  }

  /// Calls the directory.
  func inState<Result>(
    _ body: (any StateDirectory) throws(StateFailure) -> Result
  ) throws(Failure) -> Result {
    let state = try stateOrFailure()
    do throws(StateFailure) { return try body(state) } catch { throw Failure(error) }
  }

  /// The content of a file; nil where there is none that may be read, said once.
  func readState(_ name: String) throws(Failure) -> [UInt8]? {
    guard state != nil else { return nil }
    switch try inState({ (state) throws(StateFailure) in try state.read(name) }) {
    case .absent: return nil
    case .present(let content): return content
    case .unacceptable(let path, let reason):
      warnOnce("\(path.printable()) is not read: \(reason)")
      return nil
    }
  }

  /// Says of a file that it is not what was written there; it counts as absent.
  func warnOfDamage(_ name: String) {
    warnOnce("\(state?.path.printable() ?? "")/\(name) is damaged and not used")
  }
}
