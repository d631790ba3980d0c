import ArgumentParser
import Model
import Testing

@testable import Command

@Suite("Command lines that cannot be understood")
struct UsageTests {
  private func refusal(of arguments: [String]) -> Failure? {
    do {
      if try Help(arguments, verbs: Daypass.verbs) != nil { return nil }
      let words = ExecArguments.separated(arguments)
      try UsageError.refuseDump(words, verbs: Daypass.verbs)
      _ = try Daypass.parseAsRoot(words)
      return nil
    } catch let failure as Failure {
      return failure
    } catch {
      return UsageError.failure(parserText: Daypass.fullMessage(for: error), command: Help.name(arguments))
    }
  }

  @Test(
    "are told in one line, with what to try",
    arguments: [
      (["bogus"], "there is no verb \"bogus\"; see `daypass --help`"),
      (["logn"], "there is no verb \"logn\"; did you mean `daypass login`?"),
      (["help", "logn"], "there is no verb \"logn\"; did you mean `daypass login`?"),
      ([""], "there is no verb \"\"; see `daypass --help`"),
      (
        ["--profile", "x", "token"],
        "--profile stands where a verb is expected; options follow the verb, as in `daypass status --profile NAME`"
      ),
      (["token", "--issuerr", "x"], "unknown option '--issuerr'; did you mean '--issuer'?"),
      (["token", "--role", "x"], "unknown option '--role'; did you mean '--role-arn'?"),
      (["token", "--zzzzzzzz"], "unknown option '--zzzzzzzz'; see `daypass token --help`"),
      (["token", "--profile"], "missing value for '--profile <name>'; see `daypass token --help`"),
      (["token", "--experimental-dump-help"], "unknown option '--experimental-dump-help'; see `daypass token --help`"),
      (["login", "extra"], "unexpected argument 'extra'; see `daypass login --help`"),
      (
        ["trust", "--github", "a/b"],
        "--github stands where a form of `daypass trust` is expected; write terraform, cloudformation, json, "
          + "thumbprint or check behind trust"
      ),
      (
        ["trust", "pulumi"],
        "`daypass trust` has no form \"pulumi\"; write terraform, cloudformation, json, thumbprint or check behind trust"
      ),
      (["trust", "terrafrom"], "`daypass trust` has no form \"terrafrom\"; did you mean `daypass trust terraform`?"),
      (["help", "trust", "chek"], "`daypass trust` has no form \"chek\"; did you mean `daypass trust check`?"),
      (["trust", "check"], "missing expected argument '<file>'; see `daypass trust check --help`"),
      (["trust", "terraform", "x"], "unexpected argument 'x'; see `daypass trust terraform --help`"),
      (["exec", "--bogus", "aws", "s3"], "unknown option '--bogus'; see `daypass exec --help`"),
    ])
  func told(arguments: [String], line: String) throws {
    let failure = try #require(refusal(of: arguments))
    #expect(failure.kind.exitCode == 64)
    #expect(failure.explanation == line)
  }

  @Test(
    "others are understood",
    arguments: [
      [], ["-h"], ["help"], ["help", "exec"], ["token", "--help"], ["exec", "ls", "--bogus"],
      ["status", "--json", "--check"],
    ])
  func understood(arguments: [String]) { #expect(refusal(of: arguments) == nil) }

  @Test("help is asked for by -h and --help of daypass, not of exec's command")
  func help() throws {
    for arguments in [["exec", "ls", "-h"], ["exec", "--", "--help"], ["--version"], ["token"]] {
      #expect(try Help(arguments, verbs: Daypass.verbs) == nil)
    }
    for arguments in [["exec", "-h", "ls"], ["token", "--help"], ["-h"], []] {
      #expect(try Help(arguments, verbs: Daypass.verbs) != nil)
    }
  }

  /// Every verb, and every form of one that has forms.
  private static let verbs = Daypass.configuration.subcommands.flatMap { verb in
    let name = verb.configuration.commandName ?? ""
    let forms = verb.configuration.subcommands.map { [name, $0.configuration.commandName ?? ""] }
    return forms.isEmpty ? [[name]] : forms
  }

  @Test("the short help fits on one screen, and both fit 80 columns", arguments: verbs)
  func size(verb: [String]) throws {
    let short = try #require(try Help(verb + ["-h"], verbs: Daypass.verbs)).text(columns: 80).split(
      separator: "\n", omittingEmptySubsequences: false)
    let long = try #require(try Help(["help"] + verb, verbs: Daypass.verbs)).text(columns: 80).split(separator: "\n")
    #expect(short.count <= 24)
    #expect((short + long).allSatisfy { $0.count <= 80 })
    #expect(long.contains { $0.hasPrefix("  --issuer ") } && !short.contains { $0.hasPrefix("  --issuer ") })
    for option in ["  --profile ", "  --config ", "  --log-level ", "  --color "] {
      #expect(short.contains { $0.hasPrefix(option) } && long.contains { $0.hasPrefix(option) })
    }
  }
}
