import ArgumentParser
import Broker
import Crypto
import Curl
import Formats
import Host
import Model

struct TrustThumbprint: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "thumbprint",
    abstract: "The thumbprint that IAM means, of an issuer's keys.",
    usage: "daypass trust thumbprint [<issuer>] [<options>]",
    discussion: """
      SHA-1 of the last certificate that the host of the keys sends. AWS looks at it
      only where it does not trust the certificate's authority by itself.
      """)

  @Argument(help: ArgumentHelp("The issuer (default: the profile's)", valueName: "issuer")) var issuer: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    let wiring = try Wiring(common)
    guard let issuer = issuer.map({ ByteText($0) }) ?? wiring.profile.issuer else {
      throw Failure(.usage, "no issuer is known", hint: "name it: daypass trust thumbprint https://…")
    }
    guard self.issuer == nil || issuer.string.contains("://") else {
      throw Failure(
        .usage, "an issuer is an address, not \"\(issuer.printable(limit: 80))\"",
        hint: "write https://\(issuer.printable(limit: 80))")
    }
    let deadline = wiring.quickDeadline()
    let address = try CredentialBroker(wiring.surroundings, profile: wiring.profile).keysAddress(
      of: issuer, until: deadline)
    let chain: Chain
    do throws(TransportFailure) {
      chain = try Chain.read(address.text, wiring, timeout: deadline - SystemClocks().boot())
    } catch {
      throw Failure(error)
    }
    guard let last = chain.certificates.last, let bytes = PEM.certificate(last.pem) else {
      throw Failure(.malformed, "\(address.host.printable()) sent no certificate that can be read")
    }
    StandardError.write(chain.remarks(host: address.host, last).map { $0 + "\n" }.joined())
    try StandardOutput.deliver(hexadecimal(OpenSSL().digest(.sha1, bytes)) + "\n")
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// The certificates of a host, and whether everybody trusts them.
private struct Chain {
  let certificates: [ServerCertificate]
  let isPublic: Bool

  /// First by the system's authorities alone; then by ca_file as well. Nobody's word is taken unverified.
  static func read(_ url: String, _ wiring: Wiring, timeout: Duration) throws(TransportFailure) -> Chain {
    do throws(TransportFailure) {
      return Chain(
        certificates: try wiring.transport(caFile: nil).certificates(of: url, timeout: timeout), isPublic: true)
    } catch .untrusted where wiring.profile.caFile != nil {
      return Chain(
        certificates: try wiring.transport(caFile: wiring.profile.caFile).certificates(of: url, timeout: timeout),
        isPublic: false)
    }
  }

  func remarks(host: String, _ last: ServerCertificate) -> [String] {
    let count = certificates.count
    let which =
      "Certificate \(count) of \(count) that \(host.printable()) sends: \(last.subject.printable())"
      + (count == 1 ? " (its own: it sends no intermediate)" : last.subject == last.issuer ? " (a root)" : "")
    let use =
      isPublic
      ? "This machine's authorities vouch for it, so AWS's very likely do too: then AWS ignores the thumbprint, and the "
        + "provider can do without one."
      : "Only ca_file vouches for it: AWS will use the thumbprint, in the provider's thumbprint_list (ThumbprintList "
        + "outside of Terraform). A new one is due whenever this certificate changes."
    return [which, use]
  }
}
