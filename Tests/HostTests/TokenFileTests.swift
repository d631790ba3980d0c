import Glibc
import Host
import Model
import Testing

@Suite struct TokenFileTests {
  private let scratch: Scratch
  private static let text = String(repeating: "t", count: 43)

  init() throws { scratch = try Scratch() }

  private func file(
    in directory: String? = nil, mode: UInt32 = 0o600, group: UInt32? = nil
  ) throws(TokenFileFailure) -> TokenFile {
    try TokenFile(
      "p", in: directory ?? scratch["tokens"], fresh: { () throws(CryptographyFailure) in Secret(Self.text) },
      mode: mode,
      group: group)
  }

  @Test(.enabled(if: isRoot)) func membersOfTheGroupReadATokenInADirectoryThatWasMadeForIt() async {
    await #expect(processExitsWith: .success) {
      Host.prepare()
      let scratch = try Scratch()
      #expect(chmod(scratch.path, 0o711) == 0)
      let text = String(repeating: "t", count: 43)
      let file = try TokenFile(
        "p", in: scratch["tokens"], fresh: { () throws(CryptographyFailure) in Secret(text) }, mode: 0o640, group: 54321
      )
      func reader(_ group: String) throws -> Ended {
        try run("setpriv", "--reuid", "54322", "--regid", group, "--clear-groups", "cat", file.path)
      }
      #expect(try reader("54321").output == text)
      #expect(try reader("54323").code != 0)
    }
  }

  @Test func aLineFeedIsNotOfTheTokenAndKnown() throws {
    mkdir(scratch["tokens"], 0o700)
    try create(scratch["tokens/p"], Self.text + "\n")
    let file = try file()
    #expect(file.token.exposedText() == Self.text && file.endsInLineFeed)
    try create(scratch["tokens/p"], Self.text)
    #expect(try !self.file().endsInLineFeed)
  }

  @Test func aLinkThatLeadsNowhereIsCalledOne() {
    mkdir(scratch["tokens"], 0o700)
    symlink(scratch["absent"], scratch["tokens/p"])
    let failure = #expect(throws: TokenFileFailure.self) { () throws in _ = try file() }
    #expect(failure?.message.contains("link that leads nowhere") == true)
  }

  private func refused(_ place: String, _ body: () throws(TokenFileFailure) -> TokenFile) {
    let failure = #expect(throws: TokenFileFailure.self) { () throws in _ = try body() }
    #expect(failure?.kind == .configuration)
    #expect(failure?.hint?.contains(place) == true)
  }

  @Test(.enabled(if: isRoot)) func aFileOfSomebodyElseIsNotTaken() throws {
    mkdir(scratch["tokens"], 0o700)
    try create(scratch["tokens/p"], Self.text)
    #expect(try file().isGiven)
    chown(scratch["tokens/p"], 54321, 0)
    refused(scratch["tokens/p"]) { () throws(TokenFileFailure) in try file() }
    symlink(scratch["tokens/p"], scratch["p"])
    refused("p") { () throws(TokenFileFailure) in try file(in: scratch.path) }
  }

  @Test(.enabled(if: isRoot)) func norOneInADirectoryOfSomebodyElse() throws {
    mkdir(scratch["tokens"], 0o700)
    chown(scratch["tokens"], 54321, 0)
    refused(scratch["tokens"]) { () throws(TokenFileFailure) in try file() }
    try create(scratch["tokens/p"], Self.text)
    refused(scratch["tokens"]) { () throws(TokenFileFailure) in try file() }
    symlink(scratch["tokens/p"], scratch["p"])
    refused(scratch["tokens"]) { () throws(TokenFileFailure) in try file(in: scratch.path) }
  }

  @Test func norOneThatOthersCanReplace() throws {
    mkdir(scratch["tokens"], 0o700)
    for mode in [mode_t(0o770), 0o702] {
      try create(scratch["tokens/p"], Self.text)
      chmod(scratch["tokens"], mode)
      refused(scratch["tokens"]) { () throws(TokenFileFailure) in try file() }
      unlink(scratch["tokens/p"])
      refused(scratch["tokens"]) { () throws(TokenFileFailure) in try file() }
    }
    // Shared, and each one's own: what Kubernetes mounts secrets as.
    chmod(scratch["tokens"], 0o1777)
    #expect(try file().isGiven == false)
    try create(scratch["tokens/p"], Self.text)
    #expect(try file().isGiven)
  }

  @Test func oneThatWasDeletedOrReplacedIsNotIntact() throws {
    let made = try file()
    #expect(made.isIntact)
    try create(made.path, String(repeating: "u", count: 43))
    #expect(!made.isIntact)
    unlink(made.path)
    #expect(!made.isIntact)
    // Maybe with the number of the one that is gone.
    made.abandon()
    let next = try file()
    made.remove()
    #expect(next.isIntact)
    next.remove()
    #expect(!next.isIntact && listingIsEmpty)
  }

  private var listingIsEmpty: Bool { (try? listing(scratch["tokens"]))?.isEmpty == true }
}
