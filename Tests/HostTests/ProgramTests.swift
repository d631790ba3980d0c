import Testing

@testable import Host

@Suite struct ProgramTests {
  @Test(arguments: [
    ("ls", "/bin:/usr/bin", ["/bin/ls", "/usr/bin/ls"]),
    ("ls", ":/bin", ["ls", "/bin/ls"]),
    ("ls", "/bin:", ["/bin/ls", "ls"]),
    ("ls", "/bin::/sbin/", ["/bin/ls", "ls", "/sbin/ls"]),
    ("ls", "", ["ls"]),
    ("./ls", "/bin", ["./ls"]),
    ("/x/ls", "/bin", ["/x/ls"]),
    ("", "/bin", []),
  ])
  func thePathIsSearchedAsAShellDoes(_ name: String, _ path: String, _ expected: [String]) {
    let program = Program(name, environment: Environment(["PATH": path]))
    #expect(program.candidates == expected.map { Array($0.utf8) })
  }

  @Test func withoutAPathTheUsualDirectoriesAreSearched() {
    let candidates = Program("ls", environment: Environment()).candidates.map { String(decoding: $0, as: UTF8.self) }
    #expect(candidates.contains("/bin/ls") && candidates.contains("/usr/bin/ls"))
  }

  @Test func aNulByteIsRefusedInsteadOfCutting() {
    for program in [
      Program("a\0b", environment: Environment()), Program("ls", ["a\0b"], environment: Environment()),
      Program("ls", environment: Environment(["A": "b\0c"])),
    ] {
      #expect(throws: ExecFailure.self) { try Exec.replace(with: program) }
    }
  }
}
