import ArgumentParser
import Formats
import Glibc
import Model

@main
struct SandboxCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "daypass-sandbox",
    abstract: "A little identity provider and AWS STS on this machine, for demos and tests.",
    discussion: """
      It signs what it hands out and verifies what it receives, and it misbehaves on demand. Users: alice, bob. Clients: \
      daypass-demo (public), daypass-confidential (secret: sandbox-confidential-secret). Roles of account \(Cast.account): \
      demo, alice-only, ci, next.

      Behaviours (--set KEY=VALUE; VALUE is JSON, or else text):
      \(Behaviour.allCases.map { "  \($0.rawValue): \($0.meaning)" }.joined(separator: "\n"))
        fault: {endpoint, mode, status, retry_after, body, content_type, skip, requests, seconds}; mode is one of \
      \(Fault.Mode.allCases.map(\.rawValue).joined(separator: ", "))

      Control, by JSON over http from this machine only: GET /_control/state, \
      secrets (every one handed out); POST /_control/approve {user_code, user}, \
      deny {user_code}, expire {user_code}, behaviour {KEY: VALUE}, reset-behaviour, fault, clear-faults, \
      rotate-keys {keep_old}, reset-counters, clock {offset}, revoke-sessions, keep-sessions, restore-sessions, \
      mint {claims}, iam {what `daypass trust json` prints}.
      """)

  @Option(help: "Address and port; port 0 takes any.")
  var listen = "127.0.0.1:0"

  @Option(help: "Path of the issuer; a slash at the end counts.")
  var issuerPath = ""

  @Option(help: "Scheme, host and port by which others reach it, where something stands in between.")
  var publicURL: String?

  @Option(help: "JSON file with any of users, clients, audiences, roles, set.")
  var config: String?

  @Option(name: .customLong("set"), help: "A behaviour, as KEY=VALUE; repeatable.")
  var settings: [String] = []

  @Option(help: "Written when it is ready: the line of standard output.")
  var readyFile: String?

  @Option(help: "One line a request is appended here.")
  var log: String?

  @Flag(help: "End when standard input ends.")
  var untilStdinCloses = false

  func run() throws {
    do {
      try serve()
    } catch {
      _ = Output.write(Array("daypass-sandbox: \(error.message)\n".utf8), to: STDERR_FILENO)
      throw ExitCode(error.kind == .usage ? 64 : error.kind == .bug ? 70 : error.kind == .output ? 74 : 78)
    }
  }

  private func serve() throws(SandboxError) {
    Ending.blockSignals()
    let (host, port) = try address()
    var configuration = JSONObject([])
    if let config {
      guard let object = (try? JSON.parse(try Output.read(config)))?.object else {
        throw .unreadable(path: config, reason: "not a JSON object")
      }
      configuration = object
    }
    let cast = try Cast(configuration)
    var requestLog: RequestLog?
    if let log { requestLog = try RequestLog(path: log) }
    let server = Server(log: requestLog)
    let taken = try server.listen(host: host, port: port)
    let shown = host.contains(":") ? "[\(host)]" : host
    let place = Place(base: publicURL ?? "http://\(shown):\(taken)", issuerPath: issuerPath)
    var state = try State(place: place, cast: cast)
    for member in configuration["set"]?.object?.members ?? [] { try state.set(member.key.string, to: member.value) }
    for setting in settings { try apply(setting, to: &state) }
    // Nothing has been signed yet, so an algorithm chosen here needs no older key beside it.
    state.keys.removeLast(state.keys.count - 1)
    try server.serve(Sandbox(state))
    try announce(place)
    Ending.wait(untilInputCloses: untilStdinCloses)
    server.stop()
  }

  private func apply(_ setting: String, to state: inout State) throws(SandboxError) {
    let sides = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard sides.count == 2 else { throw .badOption(option: "--set \(setting)", expected: "KEY=VALUE") }
    let value = (try? JSON.parse(Array(sides[1].utf8))) ?? JSON(String(sides[1]))
    try state.set(String(sides[0]), to: value)
  }

  private func address() throws(SandboxError) -> (String, Int) {
    guard let colon = listen.lastIndex(of: ":"), let port = UInt16(listen[listen.index(after: colon)...]) else {
      throw .badOption(option: "--listen", expected: "ADDRESS:PORT")
    }
    guard issuerPath.isEmpty || issuerPath.hasPrefix("/") else {
      throw .badOption(option: "--issuer-path", expected: "nothing, or a path that begins with a slash")
    }
    var host = listen[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    return (String(host), Int(port))
  }

  private func announce(_ place: Place) throws(SandboxError) {
    let line =
      JSON.object(
        JSONObject([
          ("event", "listening"), ("url", JSON(place.base)), ("issuer", JSON(place.issuer)), ("sts", JSON(place.sts)),
          ("client_id", "daypass-demo"), ("role_arn", JSON(Cast.demoRole)), ("approve_url", JSON(place.url(.device))),
          ("control_url", JSON(place.control)),
        ])
      ).serialized() + [UInt8(ascii: "\n")]
    if let readyFile { try Output.replace(readyFile, with: line) }
    guard Output.write(line, to: STDOUT_FILENO) else {
      throw .unwritable(path: "standard output", reason: Output.reason())
    }
  }
}
