import ArgumentParser
import Host
import Model
import Testing

@testable import Command

@Suite("Options that take one of a few words")
struct ChoiceTests {
  private let color = Choice<Terminal.ColorChoice>("--color", variable: "DAYPASS_COLOR")

  @Test("the flag counts before the variable, and an empty variable not at all")
  func precedence() throws {
    #expect(try color.read("never", ["DAYPASS_COLOR": "always"], standard: .auto) == .never)
    #expect(try color.read(nil, ["DAYPASS_COLOR": "always"], standard: .auto) == .always)
    #expect(try color.read(nil, ["DAYPASS_COLOR": ""], standard: .auto) == .auto)
    #expect(try color.read(nil, [:], standard: .auto) == .auto)
  }

  @Test("a wrong word is a usage error by flag, and configuration by variable")
  func wrong() throws {
    let typo = Failure(.usage, "--color must be auto, always or never, not \"alwys\"", hint: "did you mean always?")
    #expect(throws: typo) { try color.read("alwys", [:], standard: .auto) }
    let variables = ["DAYPASS_COLOR": "\u{1B}zzzz"]
    let failure = #expect(throws: Failure.self) { try color.read(nil, variables, standard: .auto) }
    #expect(failure?.kind == .configuration)
    #expect(failure?.message == "DAYPASS_COLOR must be auto, always or never, not \"\\u{1b}zzzz\"")
    #expect(throws: Failure.self) { try color.read("", [:], standard: .auto) }
  }

  @Test("levels are known by their names", arguments: LogLevel.allCases)
  func levels(level: LogLevel) throws {
    let choices = try OutputOptions.parse(["--log-level", "\(level)"]).choices
    #expect(try choices.level(["DAYPASS_LOG_LEVEL": "nothing"]) == level)
    #expect(try OutputOptions.parse([]).choices.level([:]) == .warning)
  }
}
