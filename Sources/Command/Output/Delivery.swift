import Host
import Model

/// Data on standard output: all of it, or a failure.
extension StandardOutput {
  static func deliver(_ secret: Secret) throws(Failure) {
    do throws(OutputFailure) { try write(secret) } catch { throw Failure(error) }
  }

  static func deliver(_ text: String) throws(Failure) {
    do throws(OutputFailure) { try write(text) } catch { throw Failure(error) }
  }
}
