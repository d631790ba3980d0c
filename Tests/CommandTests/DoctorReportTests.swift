import Broker
import Testing

@testable import Command

private func report(_ verdicts: [Verdict], columns: Int = .max, colour: Bool = false) -> DoctorReport {
  var report = DoctorReport(profile: "work", columns: columns, style: Style(isOn: colour))
  report.results = verdicts.map { CheckResult(.session, $0) }
  return report
}

private func text(_ verdict: Verdict, columns: Int = .max, colour: Bool = false) -> String {
  let report = report([verdict], columns: columns, colour: colour)
  return report.results.map(report.text).joined()
}

@Suite("doctor: what is shown")
struct DoctorReportTests {
  @Test("one line a check, and below it what to do")
  func line() {
    #expect(text(.ok("alice")) == "ok       session    alice\n")
    #expect(
      text(.fault("no session", hint: "run `daypass login`"))
        == "fault    session    no session\n                    -> run `daypass login`\n")
  }

  @Test("a window breaks lines at blanks, and emphasis takes no columns")
  func window() {
    let verdict = Verdict.fault("one two three four", hint: "five six")
    let plain =
      "fault    session    one two\n                    three four\n                    -> five six\n"
    #expect(text(verdict, columns: 31) == plain)
    let word = "\u{1B}[31mfault\u{1B}[0m"
    #expect(text(verdict, columns: 31, colour: true) == word + plain.dropFirst(5))
  }

  @Test("in a window what was skipped is said at the end, a line for each reason; elsewhere each in its place")
  func skipped() {
    var report = report([], columns: 40)
    report.results = [
      CheckResult(.identity, .ok("file")), CheckResult(.discovery, .skipped("only for a login")),
      CheckResult(.keys, .skipped("no issuer")), CheckResult(.device, .skipped("only for a login")),
      CheckResult(.session, .skipped("only for a login")),
    ]
    #expect(report.results.map(report.text).joined() == "ok       identity   file\n")
    let end = "\nProfile work: no faults.\n"
    #expect(
      report.summary
        == "skipped  discovery, device, session:\n         only for a login\nskipped  keys: no issuer\n" + end)
    #expect(text(.skipped("no issuer")) == "skipped  session    no issuer\n")
  }

  @Test("what comes from outside cannot draw on the terminal")
  func printable() { #expect(text(.ok("a\u{1B}[2Jb")) == "ok       session    a\\u{1b}[2Jb\n") }

  @Test("what it comes to")
  func summary() {
    #expect(report([.ok(""), .skipped("")]).summary == "\nProfile work: no faults.\n")
    #expect(report([.warning("")]).summary == "\nProfile work: no faults, 1 warning.\n")
    let two = "\nProfile work: 2 faults; begin with session, others often follow from it.\n"
    #expect(report([.fault(""), .fault("")]).summary == two)
  }

  @Test("every key is there for a program")
  func json() {
    let expected =
      #"{"profile":"work","faults":1,"warnings":0,"checks":[{"name":"session","status":"fault","message":"no \"x\"","#
      + #""hint":null}]}"# + "\n"
    #expect(report([.fault(#"no "x""#)]).json == expected)
  }
}
