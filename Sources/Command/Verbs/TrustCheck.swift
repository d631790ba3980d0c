import ArgumentParser
import Broker
import Host
import Model
import STS
import Trust

struct TrustCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Judge a trust policy against the profile's token.",
    usage: "daypass trust check <file> [<options>]",
    discussion: """
      For example: aws iam get-role --role-name NAME | daypass trust check -
      Exit code 1: it has a fault, or would not let the token in.
      """)

  struct Own: ParsableArguments {
    @Flag(help: "The judgement as JSON") var json = false
  }

  @Argument(help: ArgumentHelp("The policy, or what `aws iam get-role` prints; - for stdin", valueName: "file"))
  var file: String
  @OptionGroup(title: "Output") var own: Own
  @OptionGroup var common: CommonOptions

  func run() throws {
    let wiring = try Wiring(common)
    let content = try PolicyFile.read(file)
    let policy: TrustPolicy
    do throws(TrustPolicyError) { policy = try TrustPolicy.parse(content) } catch { throw Failure(error) }
    let identity = try CredentialBroker(wiring.surroundings, profile: wiring.profile).identityInHand(
      until: wiring.quickDeadline())
    let token: TokenInHand
    do throws(TokenInHandError) { token = try TokenInHand(identity.allClaims) } catch { throw Failure(error) }
    let role = (wiring.profile.roleARN ?? wiring.profile.ambientRoleARN).flatMap { try? RoleARN.parse($0) }
    let terminal = Terminal(descriptor: 1, environment: wiring.environment)
    let report = TrustReport(
      judgement: PolicyJudgement(policy, token, role: role), token: token, columns: terminal.size?.columns ?? .max)
    try StandardOutput.deliver(own.json ? report.json : report.text)
    if report.judgement.hasFaults { throw ExitCode(ExitStatus.faultsFound) }
  }
}
