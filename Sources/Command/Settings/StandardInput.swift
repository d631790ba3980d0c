import Broker
import Host
import Model
import Synchronization

/// Standard input as the place of a setting: it brings its content once, so that is kept for whoever reads it again.
final class StandardInput: Sendable {
  static let shared = StandardInput()

  private let content = Mutex<Secret?>(nil)

  func read(_ limit: Int) throws(InputFailure) -> Secret {
    if let content = content.withLock({ $0 }) { return content }
    guard !Terminal(descriptor: 0, environment: .given()).isTTY else {
      throw InputFailure(reason: "it is a terminal; pipe the response into it")
    }
    let read: Secret
    do throws(InputFileFailure) {
      read = Secret(try InputFile.readStandardInput(setting: "", limit: limit))
    } catch {
      throw InputFailure(error)
    }
    content.withLock { $0 = read }
    return read
  }
}

extension Profile {
  /// A verb that gives standard input to a command, or runs on for long, cannot take a response from there.
  func requireFreeStandardInput(for verb: String) throws(Failure) {
    guard samlResponseFile == "-" else { return }
    throw Failure(
      .configuration,
      "saml_response_file (\(origin(of: .samlResponseFile))) is standard input, which `\(verb)` does not read",
      hint: "write the response into a file or a variable")
  }
}
