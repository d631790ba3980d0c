import Broker
import Model
import Testing

@testable import Command

/// Reads from a table of files, and remembers what it was asked for.
private final class Disk {
  var files: [String: ConfigContents]
  var asked: [String] = []

  init(_ files: [String: ConfigContents]) { self.files = files }

  func settings(
    config: String? = nil, environment: [String: String] = [:], home: String? = "/home/anna"
  ) throws(SettingError) -> Settings {
    try Settings(config: config, environment: environment, home: home) { path in
      asked.append(path)
      return files[path] ?? .absent
    }
  }
}

private let anything = ConfigContents.present(Array("[profile.default]\n".utf8))

@Suite("Which config file")
struct ConfigSearchTests {
  @Test("the first that exists of --config, DAYPASS_CONFIG, XDG_CONFIG_HOME, /etc, and no second one")
  func order() throws {
    let disk = Disk([
      "/a": anything, "/b": anything, "/xdg/daypass/config.toml": anything, configPath: anything,
      "/etc/daypass/config.toml": anything,
    ])
    let environment = ["DAYPASS_CONFIG": "/b", "XDG_CONFIG_HOME": "/xdg"]
    #expect(try disk.settings(config: "/a", environment: environment).configPath == "/a")
    #expect(try disk.settings(environment: environment).configPath == "/b")
    #expect(
      try disk.settings(environment: ["DAYPASS_CONFIG": "", "XDG_CONFIG_HOME": "/xdg"]).configPath
        == "/xdg/daypass/config.toml")
    #expect(try disk.settings().configPath == configPath)
    #expect(try disk.settings(environment: ["XDG_CONFIG_HOME": "relative"]).configPath == configPath)
    #expect(try disk.settings(home: nil).configPath == "/etc/daypass/config.toml")
    #expect(disk.asked == ["/a", "/b", "/xdg/daypass/config.toml", configPath, configPath, "/etc/daypass/config.toml"])
    disk.files[configPath] = nil
    #expect(try disk.settings().configPath == "/etc/daypass/config.toml")
    disk.files = [:]
    #expect(try disk.settings().configPath == nil)
  }

  @Test("a file that is named and absent is an error, not a reason to take another")
  func namedAndAbsent() throws {
    let disk = Disk([configPath: anything])
    #expect(throws: SettingError.absentFile(path: "/a", origin: .flag("--config"))) { try disk.settings(config: "/a") }
    #expect(throws: SettingError.absentFile(path: "/b", origin: .variable("DAYPASS_CONFIG"))) {
      try disk.settings(environment: ["DAYPASS_CONFIG": "/b"])
    }
  }

  @Test("a file that cannot be used is an error, not absent")
  func unusable() throws {
    let disk = Disk([
      configPath: .unusable(reason: "others may write it", hint: "chmod go-w it"), "/etc/daypass/config.toml": anything,
    ])
    let error = #expect(throws: SettingError.self) { try disk.settings() }
    #expect(error?.message == "the config file \(configPath) cannot be used: others may write it")
    #expect(error?.hint == "chmod go-w it")
    #expect(error?.kind.exitCode == 78)
  }

  @Test("what is too large, not UTF-8 or holds NUL bytes is a clean error")
  func notText() throws {
    let limit = ConfigFile.sizeLimit
    #expect(throws: SettingError.tooLarge(path: "/a", limit: limit)) {
      try Disk(["/a": .present(Array(repeating: UInt8(ascii: "\n"), count: limit + 1))]).settings(config: "/a")
    }
    #expect(
      try Disk(["/a": .present(Array(repeating: UInt8(ascii: "\n"), count: limit))]).settings(config: "/a").profileNames
        == [])
    for (bytes, line) in [([0x0A, 0xFF], 2), ([0x0A, 0x0A, 0x00], 3), ([0x23, 0x00], 1), ([0xC3], 1)]
      as [([UInt8], Int)]
    {
      let error = #expect(throws: SettingError.self) { try Disk(["/a": .present(bytes)]).settings(config: "/a") }
      #expect(error?.message.hasPrefix("/a:\(line):") == true)
      #expect(error?.kind.exitCode == 78)
    }
  }
}

@Suite("Unknown keys")
struct UnknownKeyTests {
  @Test(
    "are errors that name file, line, table and the nearest right one",
    arguments: [
      ("[profile.default]\nrole-arn = \"x\"", 2, "role-arn", " in [profile.default]", "did you mean role_arn?"),
      ("[profile.p]\n\nisuer = \"x\"", 3, "isuer", " in [profile.p]", "did you mean issuer?"),
      ("[profile.p]\nclientid = \"x\"", 2, "clientid", " in [profile.p]", "did you mean client_id?"),
      ("[profile.p]\nscope = [\"x\"]", 2, "scope", " in [profile.p]", "did you mean scopes?"),
      ("[profile.p]\nzzzzzzzz = 1", 2, "zzzzzzzz", " in [profile.p]", "`daypass login --help` lists every setting"),
      ("[profiles.p]\n", 1, "profiles", "", "did you mean profile?"),
      ("[prod]\nissuer = \"x\"", 1, "prod", "", "did you mean [profile.prod]?"),
      ("issuer = \"x\"", 1, "issuer", "", "did you mean issuer in [profile.default]?"),
      ("[serve]\nlistn = \"x\"", 2, "listn", " in [serve]", "did you mean listen?"),
      (
        "[profile.p]\n\"\\u001B[2J\" = 1", 2, "\\u{1b}[2J", " in [profile.p]",
        "`daypass login --help` lists every setting"
      ),
    ])
  func unknown(toml: String, line: Int, key: String, table: String, hint: String) {
    let error = #expect(throws: SettingError.self) { try settings(toml) }
    #expect(error?.message == "\(configPath):\(line): unknown key \"\(key)\"\(table)")
    #expect(error?.hint == hint)
    #expect(error?.kind.exitCode == 78)
  }

  @Test("every key with two letters swapped finds itself again", arguments: ProfileKey.allCases)
  func swapped(key: ProfileKey) {
    var name = Array(key.rawValue)
    name.swapAt(1, 2)
    let typo = String(name)
    guard typo != key.rawValue else { return }
    #expect(Suggestion.nearest(to: typo, in: ProfileKey.allCases.map(\.rawValue)) == key.rawValue)
  }

  @Test("the nearest name is near, or there is none")
  func nearness() {
    #expect(Suggestion.nearest(to: "DEVICE", in: ["browser", "device"]) == "device")
    #expect(Suggestion.nearest(to: "x", in: ["a", "b"]) == nil)
    #expect(Suggestion.nearest(to: "", in: ["a"]) == nil)
    #expect(Suggestion.nearest(to: String(repeating: "a", count: 10_000), in: ["a"]) == nil)
    #expect(Suggestion.distance(Array("kitten".utf8), Array("sitting".utf8)) == 3)
    #expect(Suggestion.distance(Array("ab".utf8), Array("ba".utf8)) == 1)
    #expect(Suggestion.distance([], Array("ab".utf8)) == 2)
  }

  @Test("the flags of serve are known, and tables must be tables")
  func tables() throws {
    _ = try settings("[serve]\nlisten = \"127.0.0.1:0\"\nallow_host = [\"a\"]\n")
    for (toml, message) in [
      ("profile = 1", "profile (\(configPath):1) must be a table: [profile.NAME], not an integer"),
      ("[[profile]]", "profile (\(configPath):1) must be a table: [profile.NAME], not an array"),
      ("[profile]\nprod = \"x\"", "profile.prod (\(configPath):2) must be a table: [profile.prod], not a string"),
      ("serve = true", "serve (\(configPath):1) must be a table: [serve], not a boolean"),
      (
        "[profile.p]\nthen = 1", "then (\(configPath):2) must be an array of tables: [[profile.p.then]], not an integer"
      ),
      ("[profile.p.then]\n", "then (\(configPath):1) must be an array of tables: [[profile.p.then]], not a table"),
    ] {
      let error = #expect(throws: SettingError.self) { try settings(toml) }
      #expect(error?.message == message)
    }
  }
}
