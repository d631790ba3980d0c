import ArgumentParser
import Broker
import Host
import Model

struct Configure: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "configure",
    abstract: "Write the profile into the AWS config file.",
    usage: "daypass configure [<options>]",
    discussion: """
      AWS tools with that profile then get their credentials from daypass:
      daypass configure --profile work && aws s3 ls --profile work
      """)

  struct Own: ParsableArguments {
    @Option(help: ArgumentHelp("Name in the AWS config (default: the profile's own)", valueName: "name"))
    var awsProfile: String?
    @Flag(help: "Take it out again") var remove = false
  }

  @OptionGroup(title: "Configure") var own: Own
  @OptionGroup var common: CommonOptions

  func run() throws {
    let wiring = try Wiring(common)
    let name = try awsName(wiring.profile)
    let config = try place("AWS_CONFIG_FILE", "config", wiring)
    let credentials = try place("AWS_SHARED_CREDENTIALS_FILE", "credentials", wiring)
    let edit = try self.edit(name, wiring)
    let file = ReplacedFile(config, label: "AWS config")
    let change = {
      () throws(Failure) -> (new: [UInt8], isOne: Bool) in
      let old = try read(file)
      let new = try self.changed(.init(path: config, content: old), by: edit, beside: credentials)
      return (new: new, isOne: new != old ?? [])
    }
    // Looked at before anything is made or locked: what is refused leaves nothing behind.
    guard try change().isOne else {
      return StandardError.write(
        "Nothing to change: \(config.printable()) \(own.remove ? "has no" : "has the") AWS profile "
          + "\(name) \(own.remove ? "of daypass" : "as it should be").\n")
    }
    let lock = try file.lock()
    defer { lock.release() }
    let last = try change()
    if last.isOne { do throws(OutputFailure) { try file.replace(with: last.new) } catch { throw Failure(error) } }
    let done = own.remove ? "Removed daypass from the AWS profile" : "Wrote the AWS profile"
    StandardError.write("\(done) \(name) (\(config.printable())).\n")
    if !own.remove { remark(wiring) }
  }

  private func changed(
    _ config: AWSProfileEdit.Given, by edit: AWSProfileEdit, beside credentials: String
  ) throws(Failure) -> [UInt8] {
    // As the AWS tools take /dev/null: no credentials file.
    let isNone = own.remove || credentials == "/dev/null"
    let keys = isNone ? nil : try read(ReplacedFile(credentials, label: "AWS credentials"))
    do throws(AWSProfileError) {
      guard !own.remove else { return try edit.removing(from: config) }
      return try edit.adding(to: config, beside: AWSProfileEdit.Given(path: credentials, content: keys))
    } catch {
      throw Failure(error)
    }
  }

  /// Now is when somebody reads what is said here; what is wrong with a role says whoever buys credentials.
  private func remark(_ wiring: Wiring) {
    for remark in ConfiguredLine(wiring: wiring, options: common).remarks { wiring.log.log(.warning, remark) }
    if let notice = try? CredentialBroker(wiring.surroundings, profile: wiring.profile).checkSettings() {
      wiring.log.log(.warning, notice)
    }
  }

  /// `default` changes what every AWS tool does, so it wants to be asked for.
  private func awsName(_ profile: Profile) throws(Failure) -> String {
    guard let name = own.awsProfile else {
      guard profile.name == "default" else { return profile.name }
      throw Failure(
        .usage, "the AWS profile \"default\" is only written when it is asked for by name",
        hint: "add --aws-profile default, or another name")
    }
    guard ProfileName.isValid(name) else {
      throw Failure(
        .usage, "--aws-profile must be letters, digits, \".\", \"-\" and \"_\", not \"\(name.printable(limit: 40))\"")
    }
    return name
  }

  private func edit(_ name: String, _ wiring: Wiring) throws(Failure) -> AWSProfileEdit {
    guard let program = OwnProgram.path(wiring.environment) else {
      throw Failure(.bug, "the path of this program cannot be found out")
    }
    // What is taken out is told by its program alone: the profile it names may be gone.
    let words = own.remove ? [program] : try ConfiguredLine(wiring: wiring, options: common).words(program)
    let line: String
    do throws(AWSProfileError) { line = try ProcessLine.make(words) } catch { throw Failure(error) }
    return AWSProfileEdit(
      name: name, program: ProcessLine.quote(program), process: line, region: wiring.profile.configuredRegion)
  }

  private func place(_ variable: String, _ file: String, _ wiring: Wiring) throws(Failure) -> String {
    let home: String?
    do throws(HomeFailure) { home = try Account.home(wiring.environment) } catch { throw Failure(error) }
    if let path = wiring.environment.nonEmpty(variable) {
      // As botocore: a tilde is the home directory.
      guard path.hasPrefix("~/"), let home else { return path }
      return home + path.dropFirst()
    }
    guard let home else {
      throw Failure(.configuration, "there is no home directory", hint: "set \(variable)")
    }
    return "\(home)/.aws/\(file)"
  }

  private func read(_ file: ReplacedFile) throws(Failure) -> [UInt8]? {
    do throws(InputFileFailure) { return try file.read() } catch { throw Failure(error) }
  }
}
