import ArgumentParser
import Broker
import Testing

@testable import Command

private struct Verb: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "verb")
  @OptionGroup var selection: ProfileSelection
  @OptionGroup var options: ProfileOptions
}

@Suite("Flags")
struct FlagTests {
  @Test(
    "a misspelled flag is a usage error that names the nearest one",
    arguments: [
      ProfileKey.issuer, .tokenURLHeadersFile, .policyARNs, .strict, .onLoginRequired,
    ])
  func misspelled(key: ProfileKey) throws {
    var name = Array(Setting.of(key).flag)
    name.append(name.removeLast() == "x" ? "y" : "x")
    let typo = "--" + String(name)
    let error = #expect(throws: (any Error).self) { try Verb.parse([typo, "value"]) }
    guard let error else { return }
    #expect(Verb.exitCode(for: error).rawValue == 64)
    #expect(Verb.fullMessage(for: error).contains("Did you mean '--\(Setting.of(key).flag)'?"))
  }

  @Test("the help has one line for each flag, of at most 120 columns, under a title")
  func help() {
    let help = Verb.helpMessage(columns: 120)
    let lines = help.split(separator: "\n").map(String.init)
    for setting in Setting.all {
      let flag = "--" + setting.flag
      #expect(lines.count { $0.hasPrefix("  \(flag)/") || $0.hasPrefix("  \(flag) ") } == 1, "\(flag)")
    }
    for title in ["IDENTITY:", "PRE-ISSUED TOKENS:", "CREDENTIALS:", "SAFETY:", "CONNECTION AND STORAGE:"] {
      #expect(lines.contains { $0.uppercased() == title })
    }
  }

  @Test("names follow from the key")
  func names() {
    #expect(Setting.of(.tokenURLHeadersFile).flag == "token-url-headers-file")
    #expect(Setting.of(.tokenURLHeadersFile).variable == "DAYPASS_TOKEN_URL_HEADERS_FILE")
    #expect(Setting.of(.scopes).flag == "scope")
    #expect(Setting.of(.scopes).variable == "DAYPASS_SCOPES")
  }

  @Test("what was not given is not set")
  func none() throws {
    #expect(try ProfileOptions.parse([]).flags.values.isEmpty)
    let selection = try ProfileSelection.parse(["--profile", "p", "--config", "/c"])
    #expect(selection.profile == "p")
    #expect(selection.config == "/c")
  }
}
