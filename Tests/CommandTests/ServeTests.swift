import Broker
import Endpoint
import Formats
import Host
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

@Suite struct AttemptSlotsTests {
  private func time(_ seconds: Int64) -> BootTime { BootTime(nanoseconds: seconds * 1_000_000_000) }

  /// Begins as many as there is room for.
  private func fill(_ slots: inout AttemptSlots, isUnproven: Bool, at now: BootTime) -> [AttemptSlots.ID] {
    var begun: [AttemptSlots.ID] = []
    while slots.hasRoom(isUnproven: isUnproven, at: now), begun.count < 10_000 {
      begun.append(slots.begin(isUnproven: isUnproven, at: now))
    }
    return begun
  }

  @Test func whatHangsGivesItsPlaceToOthersAndIsBoundedAllTheSame() {
    var slots = AttemptSlots()
    for second in Int64(0)..<100 { _ = fill(&slots, isUnproven: false, at: time(second)) }
    #expect(slots.count == AttemptSlots.most)
    var few = AttemptSlots()
    #expect(fill(&few, isUnproven: false, at: time(0)).count == AttemptSlots.brisk)
    #expect(fill(&few, isUnproven: false, at: time(2)).isEmpty)
    #expect(fill(&few, isUnproven: false, at: time(3)).count == AttemptSlots.brisk)
  }

  @Test func theUnprovenLeaveRoomForTheOthersHoweverManyHang() {
    var slots = AttemptSlots()
    for second in Int64(0)..<1000 {
      _ = fill(&slots, isUnproven: true, at: time(second))
      let others = fill(&slots, isUnproven: false, at: time(second))
      #expect(others.count >= AttemptSlots.brisk / 2)
      for id in others { slots.end(id) }
    }
    #expect(slots.count == AttemptSlots.most / 2)
  }

  @Test func anEndMakesRoom() {
    var slots = AttemptSlots()
    let begun = fill(&slots, isUnproven: false, at: time(0))
    slots.end(begun[3])
    #expect(slots.hasRoom(isUnproven: false, at: time(0)))
    slots.end(begun[3])
    #expect(slots.count == AttemptSlots.brisk - 1)
  }

  @Test func waitingProfilesComeInTheirOrderAndPastThoseForWhomThereIsNoRoom() {
    var line = WaitingLine<Int>()
    var slots = AttemptSlots()
    for item in 0..<100 { line.add(item, isUnproven: item % 2 == 0) }
    var taken: [Int] = []
    while let (item, isUnproven) = line.next(in: slots, at: time(0)) {
      #expect(isUnproven == (item % 2 == 0))
      _ = slots.begin(isUnproven: isUnproven, at: time(0))
      taken.append(item)
    }
    #expect(taken.filter { $0 % 2 == 0 } == (0..<32).map { $0 * 2 })
    #expect(taken.filter { $0 % 2 == 1 } == (0..<32).map { $0 * 2 + 1 })
    slots = AttemptSlots()
    while let (item, _) = line.next(in: slots, at: time(0)) { taken.append(item) }
    #expect(taken.sorted() == Array(0..<100), "nobody is lost")
  }
}

@Suite struct SpreadTests {
  private func time(_ second: Int64) -> BootTime { BootTime(nanoseconds: second * 1_000_000_000) }

  /// How many are renewed in each second of some hours, and which before it is due, where all came within one minute
  /// with credentials of an hour.
  private func renewals(of profiles: Int, hours: Int64) -> (counts: [Int], early: Int) {
    var spread = Spread()
    var schedule = Schedule<Int>()
    for profile in 0..<profiles { schedule.add(profile, at: time(Int64(profile % 60))) }
    var (counts, early): ([Int], Int) = ([], 0)
    for second in 0..<(hours * 3600) {
      var count = 0
      while let profile = schedule.take(by: time(second)) {
        count += 1
        let plan = spread.renewal(due: 2401, lifetime: 3600, now: time(second))
        let (whole, parts) = plan.pause.components
        #expect(parts >= 0 && (plan.isEarly ? 300...2401 : 2401...(2401 + 480)).contains(whole))
        early += plan.isEarly ? 1 : 0
        schedule.add(profile, at: time(second + whole))
      }
      counts.append(count)
    }
    return (counts, early)
  }

  @Test func noSecondOfAnHourTakesMoreThanTwiceItsShare() {
    let (counts, _) = renewals(of: 10_000, hours: 12)
    for hour in 0..<12 {
      // Of the first, the minute is left out in which all came.
      let counts = counts[max(60, hour * 3600)..<((hour + 1) * 3600)]
      let mean = Double(counts.reduce(0, +)) / Double(counts.count)
      #expect(Double(counts.max() ?? 0) <= 2 * mean, "hour \(hour + 1): \(counts.max() ?? 0), \(mean) on average")
    }
  }

  /// A session that changes lets all be looked at again, and plan anew.
  @Test func whatIsPlannedAnewTakesNobodysPlace() {
    var spread = Spread()
    var plans = (0..<500).map { _ in spread.renewal(due: 2401, lifetime: 3600, now: time(0)) }
    for _ in 0..<20 {
      for index in plans.indices {
        spread.withdraw(plans[index])
        plans[index] = spread.renewal(due: 2401, lifetime: 3600, now: time(0))
      }
    }
    #expect(plans.allSatisfy { !$0.isEarly })
  }

  @Test func fewAreNeverRenewedBeforeItIsDue() {
    #expect(renewals(of: 500, hours: 4).early == 0)
  }

  @Test func extremeTimesAreTaken() {
    var spread = Spread()
    for lifetime in [Int64.min, -1, 0, 1, 900, 43_200, .max] {
      for due in [Int64.min, 0, 1, .max] {
        #expect(spread.renewal(due: due, lifetime: lifetime, now: BootTime(nanoseconds: .max / 2)).pause > .zero)
      }
    }
  }
}

@Suite struct PaceTests {
  @Test func `the next try comes when it is due, and soon after`() {
    for _ in 0..<200 {
      #expect((Duration.seconds(40)...(.seconds(41))).contains(Pace.retry(due: .seconds(40))))
      #expect((Duration.seconds(30)...(.seconds(60))).contains(Pace.retry(due: nil)))
    }
  }
}

@Suite struct LoginRestTests {
  @Test func `a login that nobody approves rests 1 h, then 2, 4 and 8`() {
    var rest = LoginRest()
    let pauses = (0..<6).map { _ in rest.pause(after: Failure(.codeExpired, "nobody approved")) }
    #expect(pauses == [1, 2, 4, 8, 8, 8].map { .seconds($0 * 3600) })
  }

  @Test func `a provider that cannot be reached makes no rest longer`() {
    var rest = LoginRest()
    for kind in [FailureKind.unreachable, .busy] {
      #expect(rest.pause(after: Failure(kind, "nobody was asked")) <= .seconds(60))
    }
    #expect(rest.pause(after: Failure(.denied, "no")) == .seconds(3600))
  }
}

@Suite struct LaterStepsTests {
  private func texts(_ names: [String: String]) -> ([String], [String]) {
    var given = Environment.given()
    for name in ChildEnvironment.removed { given.remove(name) }
    for (name, value) in names { given.set(name, to: value) }
    let steps = LaterSteps(ChildEnvironment(given, region: nil), given: given)
    return (steps.entries.map { String(decoding: $0, as: UTF8.self) }, steps.warnings)
  }

  @Test func onlyWhatIsSetIsNeutralised() {
    #expect(texts([:]) == ([], []))
    let (entries, warnings) = texts(["AWS_PROFILE": "x", "AWS_CREDENTIAL_FILE": "/x", "AWS_ROLE_ARN": "x"])
    #expect(Set(entries) == ["AWS_PROFILE=default", "AWS_CREDENTIAL_FILE=/dev/null", "AWS_ROLE_ARN="])
    #expect(warnings.isEmpty)
  }

  /// botocore takes it for set even where it is empty.
  @Test func whatCannotBeNeutralisedIsSaid() {
    let (entries, warnings) = texts(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"])
    #expect(entries.isEmpty && warnings.count == 1)
  }

  @Test(arguments: [
    ("", "\n[default]\n"), ("[profile x]\nregion = a", "[profile x]\nregion = a\n[default]\n"),
    (" [ default ]\r\nregion = a\n", " [ default ]\r\nregion = a\n"), ("[profile default]\n", "[profile default]\n"),
  ])
  func theProfileThatIsNamedExists(_ text: String, _ expected: String) {
    #expect(LaterSteps.config(Secret(text)).exposedText() == expected)
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

  @Test(arguments: ["listen", "imds", "admin"])
  func `an address that others can reach is a matter of usage, wherever it was said`(_ key: String) throws {
    let name = try #require(ServeKey(rawValue: key))
    for try_ in [
      { try settings([name: ["0.0.0.0:1"]]) }, { try settings([:], [name.variable: "0.0.0.0:1"]) },
      { try settings(file: "[serve]\n\(key) = \"0.0.0.0:1\"\n") },
    ] {
      let error = #expect(throws: SettingError.self) { _ = try try_() }
      #expect(error?.kind == .usage)
    }
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

  @Test func whoeverANamespaceDoesNotKnowIsNotNamedForTheMetadataService() throws {
    #expect(try settings([.imdsAllowUID: ["65533", "0"]]).metadataUsers == [65533, 0])
    let nobody = Account.overflowUserID
    let failure = #expect(throws: SettingError.self) { try settings([.imdsAllowUID: ["1", "\(nobody)"]]) }
    #expect(failure?.kind == .usage)
    #expect(throws: SettingError.self) { try settings(file: "[serve]\nimds_allow_uid = \(nobody)\n") }
    #expect(throws: SettingError.self) { try settings(file: "[serve]\nimds_allow_uid = [1, \(nobody)]\n") }
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
    #expect(kind { try settings(file: "[serve]\ntoken_mode = \"0644\"\n") } == .configuration)
  }
}

@Suite struct ReportTests {
  @Test func anObjectIsNotTakenForOneThatIsGone() {
    final class Served { let number = SerialNumber() }
    var addresses: Set<ObjectIdentifier> = []
    var numbers: Set<SerialNumber> = []
    for _ in 0..<1000 {
      let served = Served()
      addresses.insert(ObjectIdentifier(served))
      numbers.insert(served.number)
    }
    #expect(numbers.count == 1000)
    #expect(addresses.count < 1000, "else the memory of none was used again, and this shows nothing")
  }
}

@Suite struct LoginNeedTests {
  /// Whatever the lists hold, with a secret in each.
  private var secrets: [String] {
    RequestTokens.names + ChildEnvironment.removed + LoginNeed.managers
      + [
        RequestTokens.prefix, RequestTokens.prefix + "_PROD", "VAULT" + RequestTokens.suffix, "MINE", "THEIRS",
        // What must be in the lists, whoever changes them.
        "STS_AMAZONAWS_COM_ID_TOKEN", "PLUGIN_OIDC_TOKEN_ID", "SIGSTORE_ID_TOKEN", "AWS_SECRET_KEY", "AWS_ACCESS_KEY",
        "AWS_SECRET_ACCESS_KEY", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
        "SYSTEM_ACCESSTOKEN", "BUILDKITE_AGENT_ACCESS_TOKEN", "ACTIONS_RUNTIME_TOKEN", "NOTIFY_SOCKET",
      ]
  }

  @Test func theHookGetsNoSecretOfAnyProfile() {
    var (mine, theirs) = (Profile(name: "mine"), Profile(name: "theirs"))
    mine.tokenEnv = "MINE"
    theirs.tokenEnv = "THEIRS"
    var given = Environment(["PATH": "/bin", "MY_OWN": "kept"])
    for name in secrets { given.set(name, to: "secret") }
    let environment = LoginNeed.environment(given, [(mine, nil), (theirs, nil)])
    #expect(environment.variables == ["PATH": "/bin", "MY_OWN": "kept"])
  }

  private func members(_ event: [UInt8]) throws -> [String: JSON] {
    guard case .object(let object) = try JSON.parse(Array(event.dropLast())) else { return [:] }
    return Dictionary(uniqueKeysWithValues: object.members.map { ($0.key.string, $0.value) })
  }

  private func need(uri: String, complete: String?, message: String = "log in") -> LoginNeed {
    var need = LoginNeed(profile: Profile(name: "p"), message: message)
    need.code = LoginCode(
      verificationURI: uri, verificationURIComplete: complete, userCode: "ABCD", expiresAt: WallTime(seconds: 0),
      interval: .seconds(5))
    return need
  }

  @Test func anEventIsNeverLongerThanAHookCanBeTold() throws {
    let uri = "https://login.example/device"
    let usual = try members(need(uri: uri, complete: uri + "?c=ABCD").event)
    #expect(usual["verification_uri_complete"] == JSON(uri + "?c=ABCD"))
    let long = need(uri: uri, complete: uri + String(repeating: "x", count: 8000)).event
    #expect(long.count <= Hook.longestInput)
    let kept = try members(long)
    #expect(kept["verification_uri_complete"] == nil)
    #expect(kept["verification_uri"] == JSON(uri) && kept["user_code"] == "ABCD" && kept["message"] == "log in")
    // Four bytes each, so that characters are not what is counted.
    let words = String(repeating: "\u{1F511}", count: 2000)
    for text in [words, String(repeating: "\"", count: 9000), String(repeating: "\u{1}", count: 9000)] {
      let event = need(uri: uri + text, complete: uri + text, message: text).event
      #expect(event.count <= Hook.longestInput)
      #expect(try members(event)["user_code"] == "ABCD")
    }
  }
}
