import Broker
import Host
import Model
import Testing

@testable import Command

@Suite("What exec runs")
struct ExecArgumentsTests {
  @Test(
    "the command begins at the first word that is no option",
    arguments: [
      (["exec", "ls"], ["exec", "--", "ls"]),
      (["exec", "ls", "-l", "--", "x"], ["exec", "--", "ls", "-l", "--", "x"]),
      (["exec", "--profile", "p", "ls", "--profile", "q"], ["exec", "--profile", "p", "--", "ls", "--profile", "q"]),
      (["exec", "--profile=p", "ls"], ["exec", "--profile=p", "--", "ls"]),
      (["exec", "--env", "ls"], ["exec", "--env", "--", "ls"]),
      (["exec", "--scrub-ci", "--user", "u", "ls"], ["exec", "--scrub-ci", "--user", "u", "--", "ls"]),
      (["exec", "--allow-imds", "--keep-aws-files", "x"], ["exec", "--allow-imds", "--keep-aws-files", "--", "x"]),
      (["exec", "--strict", "--no-verify-token", "ls"], ["exec", "--strict", "--no-verify-token", "--", "ls"]),
      (["exec", "--", "--env"], ["exec", "--", "--env"]),
      (["exec", "-"], ["exec", "--", "-"]),
      (["exec", ""], ["exec", "--", ""]),
      (["exec", "--region"], ["exec", "--region"]),
      (["exec"], ["exec"]),
      (["token", "x"], ["token", "x"]),
      ([], []),
    ])
  func separated(given: [String], parsed: [String]) { #expect(ExecArguments.separated(given) == parsed) }

  @Test("each option of exec takes a value exactly if it is no switch")
  func values() throws {
    for setting in Setting.all {
      let flag = "--" + setting.flag
      let words = setting.placeholder == nil ? ["exec", flag, "ls"] : ["exec", flag, "value", "ls"]
      #expect(ExecArguments.separated(words) == words.dropLast() + ["--", "ls"])
    }
  }

  @Test("without a command it is the person's shell")
  func shell() throws {
    let shell = Environment(["SHELL": "/bin/zsh"])
    #expect(try CommandLineProgram([], shell).words == [Array("/bin/zsh".utf8)])
    #expect(try CommandLineProgram([[0xFF], []], shell).words == [[0xFF], []])
    for environment in [Environment(), Environment(["SHELL": ""])] {
      let failure = #expect(throws: Failure.self) { try CommandLineProgram([], environment) }
      #expect(failure?.kind == .usage)
    }
  }
}

@Suite("The environment of exec's command")
struct ChildEnvironmentTests {
  private let credentials = AWSCredentials(
    accessKeyID: "ASIA", secretAccessKey: Secret("secret"), sessionToken: Secret("token"),
    expiration: WallTime(seconds: 1_795_356_000))

  private var given: Environment {
    Environment(Dictionary(uniqueKeysWithValues: ChildEnvironment.removed.map { ($0, "theirs") }))
  }

  @Test("what would lead to other credentials is gone", arguments: ChildEnvironment.removed)
  func removed(name: String) {
    #expect(ChildEnvironment(given, region: nil).environment.value(of: name) == nil)
  }

  @Test("everything else stays as it was, bytes and all")
  func others() {
    let entries = [Array("PATH=/bin".utf8), [0x58, 0x3D, 0xFF], Array("AWS_CONFIG_FILE=/c".utf8)]
    #expect(ChildEnvironment(Environment(entries: entries), region: nil).environment.entries == entries)
  }

  @Test("an endpoint, its token in a file and as a variable, and no way to other files or the metadata service")
  func endpoint() {
    var child = ChildEnvironment(given, region: nil)
    child.setEndpoint("http://127.0.0.1:1/credentials", token: Secret("t"), tokenFile: "/run/t")
    child.disableMetadataService()
    child.setFiles(AWSFiles(Environment(["HOME": "/nonexistent"]), user: nil), config: "/run/c")
    #expect(
      child.environment.variables == [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/run/t", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "t",
        "AWS_CONFIG_FILE": "/run/c", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true",
      ])
  }

  @Test("keys as variables leave the AWS files alone")
  func keys() {
    var child = ChildEnvironment(Environment(["AWS_SHARED_CREDENTIALS_FILE": "/mine"]), region: "eu-west-1")
    child.setCredentials(credentials)
    #expect(
      child.environment.variables == [
        "AWS_ACCESS_KEY_ID": "ASIA", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
        "AWS_CREDENTIAL_EXPIRATION": "2026-11-22T14:00:00+00:00", "AWS_SHARED_CREDENTIALS_FILE": "/mine",
        "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1",
      ])
  }

  @Test("what was overridden is known: what had a value, and has another one or none")
  func overridden() {
    let given = Environment([
      "AWS_PROFILE": "p", "AWS_ROLE_ARN": "", "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-east-1",
      "AWS_SHARED_CREDENTIALS_FILE": "/x", "AWS_EC2_METADATA_DISABLED": "true", "PATH": "/bin",
    ])
    var child = ChildEnvironment(given, region: "eu-west-1")
    #expect(child.overridden == ["AWS_PROFILE", "AWS_DEFAULT_REGION"])
    child.disableMetadataService()
    child.setFiles(AWSFiles(Environment(["HOME": "/nonexistent"]), user: nil), config: "/run/c")
    #expect(child.overridden == ["AWS_PROFILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_DEFAULT_REGION"])
    #expect(ChildEnvironment(Environment(["PATH": "/bin"]), region: "eu-west-1").overridden.isEmpty)
  }
}
