import ArgumentParser
import Crypto
import Curl
import Host
import Model

/// The program from start to exit code: the only place that ends the process.
public enum Entry {
  public static func main() -> Never {
    // Before any thread: signals and descriptors as they were given, and libraries that must be readied alone.
    Host.prepare()
    do throws(CryptographyFailure) {
      try OpenSSL.prepare()
    } catch {
      Host.end(report(Failure(error)))
    }
    CurlTransport.prepare()
    _ = Interrupts.install()
    let arguments = Host.givenArguments().dropFirst().map { String(decoding: $0, as: UTF8.self) }
    Host.end(run(Array(arguments)))
  }

  static func run(_ arguments: [String]) -> Int32 {
    do {
      try requireVerb(arguments)
      var command = try Daypass.parseAsRoot(ExecArguments.separated(arguments))
      try command.run()
      return ExitStatus.done
    } catch let code as ExitCode {
      return code.rawValue
    } catch let failure as Failure {
      return report(failure)
    } catch {
      return explain(error, verb: arguments.first)
    }
  }

  /// The parser would only call a misspelt verb an unexpected argument.
  private static func requireVerb(_ arguments: [String]) throws {
    guard let first = arguments.first, !first.hasPrefix("-"), first != "help", !verbs.contains(first) else { return }
    let nearest = Suggestion.nearest(to: first, in: verbs).map { "did you mean `daypass \($0)`?" }
    throw Failure(
      .usage, "there is no verb \"\(first.printable(limit: 40))\"", hint: nearest ?? "see `daypass --help`")
  }

  private static let verbs = Daypass.configuration.subcommands.compactMap { $0.configuration.commandName }

  /// One line: what happened, then what to try.
  static func report(_ failure: Failure) -> Int32 {
    if case .interrupted = failure.kind { return failure.kind.exitCode }
    StandardError.write("daypass: \(failure.message)\(failure.hint.map { "; \($0)" } ?? "")\n")
    return failure.kind.exitCode
  }

  /// Help, the version, and what ArgumentParser says of a command line that cannot be understood.
  private static func explain(_ error: any Error, verb: String?) -> Int32 {
    let text = Daypass.fullMessage(for: error)
    guard Daypass.exitCode(for: error) == .success else {
      // Its first line says what is wrong; the usage behind it would push that off a small screen.
      let line = text.split(separator: "\n").first { !$0.isEmpty } ?? "the command line cannot be understood"
      let reason = line.hasPrefix("Error: ") ? line.dropFirst("Error: ".count) : line
      let help = verb.flatMap { verbs.contains($0) ? "daypass \($0) --help" : nil } ?? "daypass --help"
      StandardError.write("daypass: \(String(reason).printable(limit: 400)); see `\(help)`\n")
      return FailureKind.usage.exitCode
    }
    do throws(OutputFailure) {
      try StandardOutput.write(text + "\n")
      return ExitStatus.done
    } catch {
      return report(Failure(error))
    }
  }
}
