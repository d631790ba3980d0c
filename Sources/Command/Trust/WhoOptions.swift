import ArgumentParser
import Broker
import Formats
import Host
import Model
import STS
import Trust

/// Whom a role shall trust.
struct WhoOptions: ParsableArguments {
  @Flag(help: "The profile's own identity, as it is here now") var fromToken = false
  @Option(
    name: .customLong("sub"),
    help: ArgumentHelp("A subject, * and ? for what varies; repeat for more", valueName: "pattern"))
  var subjects: [String] = []
}

/// Where a CI job runs, in its platform's terms; the subject follows from it.
struct PlaceOptions: ParsableArguments {
  static let title = "CI jobs"

  @Option(help: ArgumentHelp("GitHub Actions: owner/repository", valueName: "place")) var github: String?
  @Option(help: ArgumentHelp("GitLab CI: group/project", valueName: "place")) var gitlab: String?
  @Option(help: ArgumentHelp("CircleCI: organization-id/project-id", valueName: "place")) var circleci: String?
  @Option(help: ArgumentHelp("Buildkite: organization/pipeline", valueName: "place")) var buildkite: String?
  @Option(help: ArgumentHelp("Bitbucket Pipelines: workspace/repository-uuid", valueName: "place"))
  var bitbucket: String?
  @Option(help: ArgumentHelp("HCP Terraform: organization/project/workspace", valueName: "place"))
  var hcpTerraform: String?
  @Option(help: ArgumentHelp("Kubernetes: namespace/service-account", valueName: "place")) var kubernetes: String?
  @Option(help: ArgumentHelp("Only jobs for this branch", valueName: "name")) var branch: String?
  @Option(help: ArgumentHelp("Only jobs for this tag", valueName: "name")) var tag: String?
  @Option(help: ArgumentHelp("Only jobs of this environment", valueName: "name")) var environment: String?

  /// One for each platform that is named.
  var coordinates: [Coordinates] {
    let places: [(Platform, String?)] = [
      (.github, github.map { Self.path($0, on: "github.com") }),
      (.gitlab, gitlab.map { Self.path($0, on: "gitlab.com") }), (.circleci, circleci), (.buildkite, buildkite),
      (.bitbucket, bitbucket), (.hcpTerraform, hcpTerraform), (.kubernetes, kubernetes),
    ]
    return places.compactMap { platform, place in
      place.map { Coordinates(platform: platform, place: $0, branch: branch, tag: tag, environment: environment) }
    }
  }

  /// Of a repository's address, as browsers and `git clone` have it.
  private static func path(_ place: String, on host: String) -> String {
    for start in ["https://\(host)/", "git@\(host):", "ssh://git@\(host)/"] where place.hasPrefix(start) {
      let path = place.dropFirst(start.count)
      return String(path.hasSuffix(".git") ? path.dropLast(4) : path.hasSuffix("/") ? path.dropLast() : path)
    }
    return place
  }

  var narrowing: String? {
    branch.map { _ in "--branch" } ?? tag.map { _ in "--tag" } ?? environment.map { _ in "--environment" }
  }
}

/// What the role shall be.
struct GrantOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Longest session of the role: 1h to 12h", valueName: "time")) var maxSession: String?
  @Option(help: ArgumentHelp("An account whose users may assume it too", valueName: "account"))
  var trustedAccount: String?
}

/// What the three forms have in common.
struct TrustOptions: ParsableArguments {
  @OptionGroup(title: "Whom to trust") var who: WhoOptions
  @OptionGroup(title: PlaceOptions.title) var place: PlaceOptions
  @OptionGroup(title: "The role") var role: GrantOptions
  @OptionGroup var common: CommonOptions

  /// Writes the grant in one of its forms; what is wide about it is said beside.
  func deliver(_ form: (TrustGrant) throws(TrustGrantError) -> String) throws(Failure) {
    let wiring = try Wiring(common)
    let grant = try GrantMaker(options: self, wiring: wiring).grant()
    for remark in grant.remarks { wiring.log.log(.warning, remark) }
    let text: String
    do throws(TrustGrantError) { text = try form(grant) } catch { throw Failure(error) }
    try StandardOutput.deliver(text)
  }
}
