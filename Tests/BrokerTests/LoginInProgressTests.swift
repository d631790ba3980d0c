import Formats
import Model
import Testing

@testable import Broker

@Suite struct LoginInProgressTests {
  private let login = LoginInProgress(
    code: LoginCode(
      verificationURI: "https://op.example/activate", verificationURIComplete: "https://op.example/activate?c=AB",
      userCode: "AB", expiresAt: ManualClocks.start + 600, interval: .seconds(5)),
    processID: 42, expiresAt: ManualClocks.start + 600, id: "1", since: ManualClocks.start,
    end: BootMoment(boot: "boot-1", time: ManualClocks().boot() + .seconds(600)))

  @Test func `what is published is read as it was written`() {
    #expect(LoginInProgress(login.encoded()) == login)
    var browser = login
    browser.code = nil
    #expect(LoginInProgress(browser.encoded()) == browser)
    #expect(browser.advice.contains("pid 42"))
  }

  @Test func `what an older daypass published is read too`() {
    var older = login
    older.end = nil
    #expect(LoginInProgress(older.encoded()) == older)
  }

  @Test func `a clock that was set neither lengthens nor ends a code`() throws {
    let world = try World()
    for step: Int64 in [-86_400, 0, 86_400] {
      world.clocks.step(step)
      #expect(login.left(world.surroundings()) == 600)
      world.clocks.step(-step)
    }
    world.clocks.advance(seconds: 601)
    world.clocks.step(-86_400)
    #expect(login.left(world.surroundings()) == 0)
    // Where nothing tells boots apart the wall clock is all there is.
    world.knowsBoot = false
    #expect(login.left(world.surroundings()) == 600)
    world.clocks.step(86_400 * 2)
    #expect(login.left(world.surroundings()) == 0)
  }

  @Test func `nothing that lies there instead is shown`() {
    let text = String(decoding: login.encoded(), as: UTF8.self)
    for (good, bad) in [("https:", "http:"), ("https:", "\\u001b[2J"), ("2027", "yesterday"), ("{", "[")] {
      #expect(LoginInProgress(Array(text.split(separator: good).joined(separator: bad).utf8)) == nil)
    }
    #expect(LoginInProgress([]) == nil)
    let hostile = text.split(separator: "\"AB\"").joined(separator: #""A\u001b[31mB""#)
    #expect(LoginInProgress(Array(hostile.utf8))?.code?.userCode.contains("\u{1B}") == false)
  }

  @Test func `whoever waits for one that hangs goes on when its code has ended`() throws {
    let world = try World()
    let store = SessionStore(
      world.surroundings(), key: try #require(SessionKey(world.profile())), profile: world.profile())
    let board = LoginBoard(world.surroundings(), store)
    let lock = try #require(try board.lock())
    var stuck = login
    stuck.code?.userCode = "STUCK"
    board.publish(stuck)
    let audience = Audience()
    let before = world.clocks.boot()
    _ = try LoginFlow(world.surroundings(), profile: world.profile(), presenter: audience) {
      () throws(CallbackFailure) in throw .unbound(reason: "")
    }.run()
    #expect(
      audience.events.prefix(5) == [
        "joined 42", "code STUCK https://op.example/activate", "pending", "ownTurn",
        "code ABCD-EFGH https://op.example/activate",
      ])
    #expect(world.clocks.boot() - before >= .seconds(600))
    #expect(world.clocks.boot() - before < .seconds(660))
    #expect(world.provider.counts.device == 1)
    lock.unlock()
  }

  @Test func `a step of the wall clock starts no second flow beside a login`() throws {
    let world = try World()
    let store = SessionStore(
      world.surroundings(), key: try #require(SessionKey(world.profile())), profile: world.profile())
    let board = LoginBoard(world.surroundings(), store)
    let lock = try #require(try board.lock())
    let hold = LoginHold(board, lock)
    hold.publish(try #require(login.code))
    world.clocks.step(7200)
    #expect(board.current()?.code?.userCode == "AB")
    #expect(try world.status().login != nil)
    let audience = Audience()
    world.clocks.interrupt(by: 2)
    #expect(
      failure {
        try LoginFlow(world.surroundings(), profile: world.profile(), presenter: audience) {
          () throws(CallbackFailure) in throw .unbound(reason: "")
        }.run()
      }?.kind == .interrupted(2))
    #expect(audience.events == ["joined 0", "code AB https://op.example/activate", "pending"])
    #expect(world.provider.counts.device == 0)
    hold.end()
  }

  @Test func `one that ends without showing anything is not spoken of`() throws {
    let world = try World()
    let store = SessionStore(
      world.surroundings(), key: try #require(SessionKey(world.profile())), profile: world.profile())
    let lock = try #require(try LoginBoard(world.surroundings(), store).lock())
    world.disk.beforeNextLock { world.disk.beforeNextLock { lock.unlock() } }
    let audience = Audience()
    _ = try LoginFlow(world.surroundings(), profile: world.profile(), presenter: audience) {
      () throws(CallbackFailure) in throw .unbound(reason: "")
    }.run()
    #expect(audience.events.first == "code ABCD-EFGH https://op.example/activate")
  }
}
