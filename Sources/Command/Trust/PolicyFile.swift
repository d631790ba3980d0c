import Host
import Model

/// A policy that somebody names: a file, or `-` for standard input.
enum PolicyFile {
  private static let limit = 256 << 10

  static func read(_ path: String) throws(Failure) -> [UInt8] {
    do throws(InputFileFailure) {
      return path == "-"
        ? try InputFile.readStandardInput(setting: "the policy", limit: limit)
        : try InputFile.read(path, setting: "the policy", limit: limit)
    } catch {
      // Named on the command line, not configured.
      throw Failure(.usage, error.message, hint: error.hint)
    }
  }
}
