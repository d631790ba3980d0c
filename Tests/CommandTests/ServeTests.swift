import Endpoint
import Model
import Testing

@testable import Command

@Suite struct ScheduleTests {
  @Test func givesWhatIsDueInItsOrder() {
    var schedule = Schedule<Int>()
    let dues = (0..<500).map { _ in Int64.random(in: 0..<100) }
    for (item, due) in dues.enumerated() { schedule.add(item, at: BootTime(nanoseconds: due)) }
    #expect(schedule.next?.nanoseconds == dues.min())
    var taken: [Int64] = []
    for now in Int64(0)..<100 {
      while let item = schedule.take(by: BootTime(nanoseconds: now)) {
        #expect(dues[item] <= now)
        taken.append(dues[item])
      }
    }
    #expect(taken == dues.sorted())
    #expect(schedule.isEmpty && schedule.next == nil)
  }

  @Test func givesNothingBeforeItIsDue() {
    var schedule = Schedule<Int>()
    #expect(schedule.take(by: BootTime(nanoseconds: .max)) == nil)
    schedule.add(1, at: BootTime(nanoseconds: 10))
    #expect(schedule.take(by: BootTime(nanoseconds: 9)) == nil)
    #expect(schedule.take(by: BootTime(nanoseconds: 10)) == 1)
  }
}

@Suite struct ListenAddressTests {
  @Test(arguments: [
    ("127.0.0.1:9127", "127.0.0.1", 9127), ("127.9.8.7:0", "127.9.8.7", 0), ("localhost:65535", "127.0.0.1", 65535),
    ("[::1]:1", "::1", 1), ("169.254.170.2:80", "169.254.170.2", 80), ("169.254.170.23:80", "169.254.170.23", 80),
    ("[fd00:ec2::23]:80", "fd00:ec2::23", 80),
  ])
  func takesWhatSDKsTake(_ text: String, _ host: String, _ port: Int) {
    #expect(ListenAddress.parse(text) == EndpointAddress(host: host, port: port))
  }

  @Test(arguments: [
    "", ":", "9127", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:+1", "0.0.0.0:1", "[::]:1", "::1:1",
    "[::1]", "[::ffff:127.0.0.1]:1", "localhost.:1", "127.1:1", "169.254.169.254:80", "169.254.170.3:80", "10.0.0.1:1",
    "example.com:80", "[fd00:ec2::254]:80", "127.0.0.1:000080",
  ])
  func takesNothingElse(_ text: String) {
    #expect(ListenAddress.parse(text) == nil)
  }
}

@Suite struct ServeSettingsTests {
  private func settings(
    _ flags: [ServeKey: [String]] = [:], _ environment: [String: String] = [:], file: String = ""
  ) throws -> ServeSettings {
    let all = try Settings(config: "/c", environment: [:], home: nil) { _ in .present(Array(file.utf8)) }
    return try ServeSettings(flags, environment: environment, all)
  }

  @Test func takesTheNearestValue() throws {
    let file = "[serve]\nlisten = \"127.0.0.1:3\"\n"
    #expect(try settings().listen.port == 9127)
    #expect(try settings(file: file).listen.port == 3)
    #expect(try settings([:], ["DAYPASS_LISTEN": "127.0.0.1:2"], file: file).listen.port == 2)
    #expect(
      try settings([.listen: ["127.0.0.1:1"]], ["DAYPASS_LISTEN": "127.0.0.1:2"], file: file).listen.port == 1)
  }

  @Test func takesTheNearestChoiceOfProfiles() throws {
    let file = "[serve]\nall_profiles = true\n"
    #expect(try settings().choice == .standard)
    #expect(try settings(file: file).choice == .all)
    #expect(try settings([.profile: ["a", "b", "a"]], file: file).choice == .named(["a", "b"]))
    #expect(try settings([:], ["DAYPASS_PROFILE": "a"], file: file).choice == .named(["a"]))
    #expect(try settings([.allProfiles: ["true"]], ["DAYPASS_PROFILE": "a"]).choice == .all)
    #expect(throws: SettingError.self) { try settings([.profile: ["a"], .allProfiles: ["true"]]) }
  }

  @Test(arguments: ["0644", "0607", "0060", "600x", "1600", "0"])
  func refusesModesThatOpenATokenToEverybody(_ mode: String) {
    #expect(throws: SettingError.self) { try settings([.tokenMode: [mode]]) }
  }

  @Test func takesModesThatDoNot() throws {
    #expect(try settings([.tokenMode: ["0640"]]).tokenMode == 0o640)
    #expect(try settings([.tokenMode: ["600"]]).tokenMode == 0o600)
  }

  @Test func aWrongFlagIsAUsageErrorAndAWrongKeyAConfigurationError() {
    func kind(_ body: () throws -> ServeSettings) -> FailureKind? {
      do {
        _ = try body()
        return nil
      } catch {
        return (error as? SettingError)?.kind
      }
    }
    #expect(kind { try settings([.listen: ["0.0.0.0:1"]]) } == .usage)
    #expect(kind { try settings(file: "[serve]\nlisten = \"0.0.0.0:1\"\n") } == .configuration)
  }
}
