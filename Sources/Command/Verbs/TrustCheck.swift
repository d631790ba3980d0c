import ArgumentParser
import Broker
import Formats
import Host
import Model
import STS
import Trust

struct TrustCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Judge a trust policy against a token.",
    usage: "daypass trust check <file> [<options>]",
    discussion: """
      By the profile's own token, or one that --sub or --github owner/repo describe.
      Exit code 1: it has a fault, or would not let the token in.
      """)

  struct Own: ParsableArguments {
    @Flag(help: "The judgement as JSON") var json = false
    @Option(name: .customLong("sub"), help: ArgumentHelp("Judge a token with this subject", valueName: "subject"))
    var subject: String?
  }

  @Argument(help: ArgumentHelp("The policy, or get-role's answer; - for stdin", valueName: "file"))
  var file: String
  @OptionGroup(title: "Check") var own: Own
  @OptionGroup(title: PlaceOptions.title) var place: PlaceOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    let wiring = try Wiring(common)
    let content = try PolicyFile.read(file)
    let policy: TrustPolicy
    do throws(TrustPolicyError) { policy = try TrustPolicy.parse(content) } catch { throw Failure(error) }
    let token = try self.token(wiring)
    let role = (wiring.profile.roleARN ?? wiring.profile.ambientRoleARN).flatMap { try? RoleARN.parse($0) }
    let terminal = Terminal(descriptor: 1, environment: wiring.environment)
    let report = TrustReport(
      judgement: PolicyJudgement(policy, token, role: role), token: token, columns: terminal.size?.columns ?? .max)
    try StandardOutput.deliver(own.json ? report.json : report.text)
    if report.judgement.hasFaults { throw ExitCode(ExitStatus.faultsFound) }
  }

  private func token(_ wiring: Wiring) throws(Failure) -> TokenInHand {
    if let token = try ExpectedToken(place: place, subject: own.subject, profile: wiring.profile).token() {
      StandardError.write(
        "Judged as if a token had these claims and no other: "
          + token.claims.members.map { $0.key.printable() }.joined(separator: ", ") + ".\n")
      return token
    }
    let identity = try CredentialBroker(wiring.surroundings, profile: wiring.profile).identityInHand(
      until: wiring.quickDeadline())
    do throws(TokenInHandError) { return try TokenInHand(identity.allClaims) } catch { throw Failure(error) }
  }
}
