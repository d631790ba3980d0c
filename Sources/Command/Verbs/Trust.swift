import ArgumentParser
import Formats
import Trust

struct TrustVerb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust",
    abstract: "The IAM side: who may assume a role.",
    usage: "daypass trust <form> [<options>]",
    discussion: """
      For example:
      daypass trust terraform --github owner/repo --branch main
      daypass trust check policy.json
      """,
    subcommands: [
      TrustTerraform.self, TrustCloudFormation.self, TrustJSON.self, TrustThumbprint.self, TrustCheck.self,
    ])
}

struct TrustTerraform: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "terraform",
    abstract: "The OIDC provider and a role that trusts it, for Terraform.",
    usage: "daypass trust terraform [<options>]")

  @OptionGroup var options: TrustOptions

  func run() throws { try options.deliver { (grant) throws(TrustGrantError) in try grant.terraform() } }
}

struct TrustCloudFormation: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cloudformation",
    abstract: "The OIDC provider and a role that trusts it, as a template.",
    usage: "daypass trust cloudformation [<options>]")

  @OptionGroup var options: TrustOptions

  func run() throws { try options.deliver { (grant) throws(TrustGrantError) in try grant.cloudFormation() } }
}

struct TrustJSON: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "json",
    abstract: "The same, for --cli-input-json of the AWS CLI's IAM commands.",
    usage: "daypass trust json [<options>]")

  @OptionGroup var options: TrustOptions

  func run() throws {
    try options.deliver { (grant) throws(TrustGrantError) in
      String(decoding: try grant.requests().indented(), as: UTF8.self)
    }
  }
}
