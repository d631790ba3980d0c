public import Model

/// The edges of the world, injected once by `Command/Wiring.swift`: everything else in this target is decided here.
public struct Surroundings: Sendable {
  public var transport: any Transport
  public var clocks: any Clocks
  public var cryptography: any Cryptography
  /// Nil where there is no place for state (HOME unset and no passwd entry); said once, and sources without a session
  /// go on.
  public var state: (any StateDirectory)?
  public var keyRing: any KeyRing
  public var diagnostics: any Diagnostics
  /// The environment as it was at the start; never written.
  public var environment: [String: String]
  /// Reads a file that a setting names: symlinks followed, regular files only, at most `limit` bytes.
  public var readFile: @Sendable (_ path: String, _ limit: Int) throws(InputFailure) -> Secret
  /// All that standard input brings, the same each time: it is read once.
  public var readInput: @Sendable (_ limit: Int) throws(InputFailure) -> Secret
  /// Whether there is anything at a path, a socket too.
  public var pathExists: @Sendable (_ path: String) -> Bool
  /// Runs programs that print a token.
  public var programs: any Programs
  /// What identifies this machine, for files that another one must not take for its own; nil where it has no id.
  public var machineID: String?
  /// What identifies this boot of it: in another one a `BootTime` means something else. Nil where nothing does.
  public var bootID: String?
  /// Of this process, for others to name it by; nil where nobody shall.
  public var processID: Int64?
  /// The key file's key, as it was read for what is done now; nil where nobody remembers.
  var keyMemory: KeyMemory?
  /// What is sealed anew is sealed with them.
  let chosenKeys = ChosenKeys()
  /// What an answer for the front is sealed with: as its data were.
  let openedKey = OpenedKey()
  /// What was said already in this run.
  let notices = Notices()
  /// What was bought in this run without a proof of who asked.
  let leases = LeaseMemory()
  /// What roles were found to grant in this run.
  let longestDurations = LongestDurations()
  /// Of issuers, fetched in this run by this transport.
  let documents = PublicDocuments()
  /// Of looking for what has expired.
  let clearance = Cadence(.seconds(600))

  public init(
    transport: any Transport, clocks: any Clocks, cryptography: any Cryptography, state: (any StateDirectory)?,
    keyRing: any KeyRing, diagnostics: any Diagnostics, environment: [String: String], machineID: String?,
    bootID: String? = nil, processID: Int64? = nil, programs: any Programs,
    pathExists: @escaping @Sendable (_ path: String) -> Bool,
    readFile: @escaping @Sendable (_ path: String, _ limit: Int) throws(InputFailure) -> Secret,
    readInput: @escaping @Sendable (_ limit: Int) throws(InputFailure) -> Secret
  ) {
    self.transport = transport
    self.clocks = clocks
    self.cryptography = cryptography
    self.state = state
    self.keyRing = keyRing
    self.diagnostics = diagnostics
    self.environment = environment
    self.machineID = machineID
    self.bootID = bootID
    self.processID = processID
    self.programs = programs
    self.pathExists = pathExists
    self.readFile = readFile
    self.readInput = readInput
  }
}

/// Why a file that a setting names could not be read.
public struct InputFailure: Error, Hashable, Sendable {
  public enum Cause: Hashable, Sendable {
    case absent
    /// More than the limit.
    case tooLarge
    case other
  }

  public var cause: Cause
  /// What is wrong, in the words of the system: `No such file or directory`, `is a directory`.
  public var reason: String

  public init(_ cause: Cause = .other, reason: String) {
    self.cause = cause
    self.reason = reason
  }
}
