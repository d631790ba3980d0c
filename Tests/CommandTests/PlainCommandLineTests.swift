import ArgumentParser
import Testing

@testable import Command

/// What is read in a short way must be what the parser reads.
@Suite struct PlainCommandLineTests {
  private func parsed(_ arguments: [String]) throws -> (any VerbChoices)? {
    switch try Daypass.parseAsRoot(ExecArguments.separated(arguments)) {
    case let verb as Credentials: verb.choices
    case let verb as CredentialProcess: verb.choices
    case let verb as Token: verb.choices
    case let verb as Exec: verb.choices
    default: nil
    }
  }

  private func expectSame(_ arguments: [String]) {
    guard let plain = PlainCommandLine.choices(arguments) else { return }
    do {
      #expect(comparable(plain) == comparable(try parsed(arguments)), "\(arguments)")
    } catch {
      Issue.record("the parser refuses \(arguments): \(Daypass.fullMessage(for: error))")
    }
  }

  private func comparable(_ choices: (any VerbChoices)?) -> AnyHashable? {
    switch choices {
    case let choices as CredentialChoices: return AnyHashable(choices)
    case let choices as TokenChoices: return AnyHashable(choices)
    case let choices as ExecChoices: return AnyHashable(choices)
    default: return nil
    }
  }

  private static let verbs = ["credentials", "credential-process", "token", "exec"]

  /// Options of the verbs' own, with values.
  private static let own = [
    "credentials": ["--format", "--min-ttl"], "credential-process": ["--min-ttl"], "token": ["--min-ttl"],
    "exec": ["--user"],
  ]

  /// Every option once: none is missing, and none becomes another.
  @Test(arguments: verbs)
  func `every option is read as the parser reads it`(verb: String) {
    let valued =
      Setting.all.filter { $0.placeholder != nil }.map { "--\($0.flag)" }
      + ["--profile", "--config", "--log-level", "--color"] + (Self.own[verb] ?? [])
    let switches = Setting.all.filter { $0.placeholder == nil }.map(\.flag)
    let own = verb == "exec" ? ["--env", "--keep-aws-files", "--allow-imds", "--scrub-ci"] : []
    let apart = [verb] + valued.flatMap { [$0, "value of \($0.dropFirst(2))"] } + switches.map { "--\($0)" } + own
    let together = [verb] + valued.map { "\($0)=a=\($0.dropFirst(2))" } + switches.map { "--no-\($0)" }
    for arguments in [apart, together] {
      #expect(PlainCommandLine.choices(arguments) != nil)
      expectSame(arguments)
    }
  }

  @Test func `whatever stands together is read as the parser reads it`() throws {
    let values = ["value", "a=b", "\u{E9}", "two words"]
    let plain = Setting.all.map { setting in
      setting.placeholder == nil ? ["--\(setting.flag)"] : ["--\(setting.flag)", values.randomElement() ?? ""]
    }
    let odd = [["--profile"], ["--profile", "-x"], ["--unknown"], ["word"], [""], ["--strict=yes"], ["--profile="]]
    var compared = 0
    // The parser takes its time in a test.
    while compared < 20 {
      let verb = try #require(Self.verbs.randomElement())
      let pieces = (0..<4).map { _ in (Int.random(in: 0..<12) == 0 ? odd : plain).randomElement() ?? [] }
      let arguments = [verb] + pieces.flatMap(\.self)
      if PlainCommandLine.choices(arguments) != nil { compared += 1 }
      expectSame(arguments)
    }
  }

  @Test(arguments: [
    ["token", "--profile"], ["token", "--profile", "--config"], ["token", "--issuerr", "x"], ["token", "x"],
    ["token", "--help"], ["token", "-h"], ["token", "--min-ttl", "-5"], ["token", "--profile="], ["token", "--"],
    ["token", "--profile", "a", "--profile", "b"], ["token", "--strict", "--no-strict"], ["token", "--strict=yes"],
    ["exec", "--env", "--env"], ["credentials", "--user", "x"], ["status"], ["help"], [],
  ])
  func `what is not plain is left to the parser`(arguments: [String]) {
    #expect(PlainCommandLine.choices(arguments) == nil)
  }

  @Test func `the words after exec's options are the command, whatever they look like`() {
    for arguments in [
      ["exec"], ["exec", "--"], ["exec", "--", "aws", "--profile", "x"], ["exec", "--env", "aws", "--profile", "x"],
      ["exec", "--profile", "p", "--", "--", "-h"], ["exec", "-", "--help"],
    ] {
      #expect(PlainCommandLine.choices(arguments) != nil, "\(arguments)")
      expectSame(arguments)
    }
  }
}
