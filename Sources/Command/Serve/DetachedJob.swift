import Broker
import Endpoint
import Host
import Model

/// `serve --detach`: beside the steps of one CI job, until the process ends that runs them.
struct DetachedJob {
  private let detachment: Detachment
  /// Whose end is ours; nil where it stands outside of this container, which ends with the job.
  private let runner: Ancestor?
  private let form: ServeSettings.ExportForm
  private let file: GitHubEnvironment?
  private let directory: String
  private let config = ConfigCopy()
  private let environment: Environment
  private let region: String?
  private let jobLog: JobLog
  private let leavesDirectory: Bool

  /// Beside the token file: what would be said to a person.
  private static let logName = "daypass.log"

  /// Nil unless it is asked for. Goes on in another process; this one ends here when that one is under way.
  init?(_ wiring: ServeWiring) throws(Failure) {
    guard wiring.settings.detach, let form = wiring.settings.export else { return nil }
    self.form = form
    environment = wiring.environment
    jobLog = JobLog(wiring.environment, wiring.log)
    region = wiring.profiles.first?.configuredRegion
    leavesDirectory = !wiring.needsDirectory
    directory = try wiring.tokenDirectory()
    file = form == .github ? try GitHubEnvironment(wiring.environment) : nil
    let marker = JobMarker.names.first { wiring.environment.nonEmpty($0) != nil }
    runner = Ancestor.runner(marker: marker)
    guard let detachment = Detachment.begin() else {
      throw Failure(.output, "the system gives no further process", hint: "raise the limit of processes (ulimit -u)")
    }
    self.detachment = detachment
  }

  var isOver: Bool { detachment.isAbandoned || runner.map { !$0.isAlive } ?? false }

  /// A directory that no other job has, for the token file of this one.
  static func tokenDirectory(_ environment: Environment) -> String {
    let bases = ["RUNNER_TEMP", "XDG_RUNTIME_DIR", "TMPDIR"].compactMap { environment.nonEmpty($0) }
    let base = bases.first { $0.hasPrefix("/") } ?? "/tmp"
    return "\(base)/daypass-\(String(UInt64.random(in: .min ... .max), radix: 36))"
  }

  /// Tells the later steps where credentials are, and lets the present one go on.
  func export(_ profile: ServedProfile, url: String, _ log: Log) throws(Failure) {
    var child = ChildEnvironment(environment, region: region)
    child.setEndpoint(url, token: profile.tokenFile.token, tokenFile: profile.tokenFile.path)
    let files = AWSFiles(environment, user: nil)
    for warning in files.warnings { log.log(.warning, warning) }
    do throws(PrivateFileFailure) {
      try config.make(LaterSteps.config(files.config), in: directory)
    } catch {
      throw Failure(error)
    }
    child.setFiles(files, config: config.path ?? "/dev/null")
    child.disableMetadataService()
    let steps = LaterSteps(child, given: environment)
    for warning in steps.warnings { log.log(.warning, warning) }
    let lines = steps.entries
    switch form {
    case .dotenv:
      try Self.refuseControls(lines)
      jobLog.keepOut([profile.tokenFile.token])
      try StandardOutput.deliver(Secret(lines.flatMap { $0 + [UInt8(ascii: "\n")] }))
    case .github:
      try StandardOutput.deliver(Secret("::add-mask::" + profile.tokenFile.token.exposedText() + "\n"))
      try file?.append(Secret(lines.flatMap(Self.block)))
    }
    detachment.underWay(log: "\(directory)/\(Self.logName)", leavesDirectory: leavesDirectory)
  }

  /// A dotenv file has one variable a line and knows no quoting that every reader shares.
  private static func refuseControls(_ entries: [[UInt8]]) throws(Failure) {
    guard let entry = entries.first(where: { $0.contains { $0 < 0x20 || $0 == 0x7F } }) else { return }
    let name = String(decoding: entry.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self).printable()
    throw Failure(
      .configuration, "\(name) would hold a line break or another control character, which a dotenv file cannot hold",
      hint: "name another directory with --token-dir or RUNNER_TEMP, or correct the setting")
  }

  /// One variable as GITHUB_ENV has it.
  private static func block(_ entry: [UInt8]) -> [UInt8] {
    let name = entry.prefix { $0 != UInt8(ascii: "=") }
    let mark = "daypass_\(GitHubEnvironment.delimiter())"
    var block = Array(name)
    block += "<<\(mark)\n".utf8
    block += entry.dropFirst(name.count + 1)
    block += "\n\(mark)\n".utf8
    return block
  }

  func leave() {
    config.remove()
    Detachment.removeEmptyLog("\(directory)/\(Self.logName)")
    TokenFile.removeDirectory(directory)
  }
}

/// What stands in for the person's AWS config file, for as long as the job runs.
private final class ConfigCopy {
  private var file: PrivateFile?

  var path: String? { file?.path }

  func make(_ text: Secret, in directory: String) throws(PrivateFileFailure) {
    file = try PrivateFile(text, in: directory)
  }

  func remove() { file?.remove() }
}
