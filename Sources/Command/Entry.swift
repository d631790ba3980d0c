import ArgumentParser
import Crypto
import Host
import Model

/// The program from start to exit code: the only place that ends the process.
public enum Entry {
  public static func main() -> Never {
    // Before any thread: signals and descriptors as they were given, and libraries that must be readied alone.
    Host.prepare()
    let arguments: [String]
    do throws(Failure) {
      arguments = try CommandLineWords.text(Array(Host.givenArguments().dropFirst()))
    } catch {
      Host.end(report(error, []))
    }
    do throws(CryptographyFailure) {
      try OpenSSL.prepare()
    } catch {
      Host.end(report(Failure(error), arguments))
    }
    Interrupts.install()
    Host.end(run(arguments))
  }

  private static func run(_ arguments: [String]) -> Int32 {
    do {
      if let choices = PlainCommandLine.choices(arguments) {
        try choices.run()
      } else if let help = try Help(arguments, verbs: Daypass.verbs) {
        try StandardOutput.deliver(help.text)
      } else {
        let words = ExecArguments.separated(arguments)
        try UsageError.refuseDump(words, verbs: Daypass.verbs)
        var command = try Daypass.parseAsRoot(words)
        try command.run()
      }
      return ExitStatus.done
    } catch let code as ExitCode {
      return code.rawValue
    } catch let failure as Failure {
      return report(failure, arguments)
    } catch {
      return explain(error, arguments)
    }
  }

  /// One line on standard error; `login --json` says the same as its last event.
  private static func report(_ failure: Failure, _ arguments: [String]) -> Int32 {
    let code = failure.kind.exitCode
    if JSONLogin.isAskedFor(by: arguments), JSONLogin.toStandardOutput().fail(failure) { return code }
    // Who pressed ^C knows; but what `exec` ends with could be taken for its program's own end.
    if case .interrupted = failure.kind, arguments.first != Exec.name { return code }
    StandardError.write("daypass: \(failure.explanation)\n")
    return code
  }

  /// What the parser says: the version, or why it does not understand the command line.
  private static func explain(_ error: any Error, _ arguments: [String]) -> Int32 {
    let text = Daypass.fullMessage(for: error)
    guard Daypass.exitCode(for: error) == .success else {
      return report(UsageError.failure(parserText: text, command: Help.name(arguments)), arguments)
    }
    do throws(Failure) {
      try StandardOutput.deliver(text + "\n")
      return ExitStatus.done
    } catch {
      return report(error, arguments)
    }
  }
}
