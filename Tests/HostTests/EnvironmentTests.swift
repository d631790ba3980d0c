import Glibc
import Host
import Model
import Testing

@Suite struct EnvironmentTests {
  @Test func valuesThatAreNotUTF8ArePassedOnAndNamedAndNeverAsIfUnset() {
    let texts = ["A=1", "A=2", "C=x=y", "junk"]
    let entries = texts.map { Array($0.utf8) } + [[0x42, 0x3d, 0xff]]
    let environment = Environment(entries: entries)
    #expect(environment.entries == entries)
    #expect(environment["A"] == "1")
    #expect(environment["B"] == "\u{FFFD}")
    #expect(environment.undecodableNames == ["B"])
    #expect(environment.value(of: "B")?.elementsEqual([0xff]) == true)
    #expect(environment["C"] == "x=y")
    #expect(environment["junk"] == nil)
    #expect(environment.variables == ["A": "1", "B": "\u{FFFD}", "C": "x=y"])
  }

  @Test func namesAreComparedWhole() {
    let environment = Environment(["AWS_PROFILE": "p", "AWS_PROFILE_X": "q"])
    #expect(environment["AWS_PROFILE"] == "p")
    #expect(environment["AWS"] == nil)
  }

  @Test func settingAndRemovingLeaveOneOrNone() {
    var environment = Environment(entries: [Array("A=1".utf8), Array("B=2".utf8), Array("A=3".utf8)])
    environment.set("A", to: "4")
    #expect(environment == Environment(entries: [Array("B=2".utf8), Array("A=4".utf8)]))
    environment.remove("A")
    #expect(environment == Environment(entries: [Array("B=2".utf8)]))
  }

  @Test func anEmptyValueIsNoneWhereThatIsAsked() {
    let environment = Environment(["A": ""])
    #expect(environment["A"] == "")
    #expect(environment.nonEmpty("A") == nil)
  }

  @Test func theGivenOneIsTheProcesss() {
    #expect(Environment.given()["PATH"] == getenv("PATH").map { String(cString: $0) })
    #expect(givenArguments().first?.isEmpty == false)
  }

  @Test func homeIsTheVariableThenThePasswordEntry() throws {
    #expect(try Account.home(Environment(["HOME": "/nowhere/here"])) == "/nowhere/here")
    let entry = try run("/bin/sh", "-c", "getent passwd $(id -u) | cut -d: -f6").output.split(separator: "\n").first
    #expect(try Account.home(Environment()) == entry.map(String.init))
    #expect(try Account.home(Environment(["HOME": ""])) == entry.map(String.init))
  }

  @Test(.enabled(if: isRoot, "the rule is about root")) func rootInSomebodyElsesHomeIsRefused() throws {
    let scratch = try Scratch()
    try #require(chown(scratch.path, 12345, 0) == 0)
    let failure = #expect(throws: HomeFailure.self) { try Account.home(Environment(["HOME": scratch.path])) }
    #expect(failure == .foreign(path: scratch.path, owner: 12345))
    #expect(failure?.kind == .configuration)
  }

  @Test func theAccountIsNamedAsTheSystemNamesIt() throws {
    let name = try run("/bin/sh", "-c", "id -un 2>/dev/null || echo uid $(id -u)").output.dropLast()
    let host = try run("/bin/uname", "-n").output.dropLast()
    #expect(Account.label == "\(name)@\(host)")
    if let machine = Account.machineID { #expect(machine.utf8.count == 32) }
  }
}
