import Broker
import Endpoint
import Host
import Model

/// `serve` from start to end. The main thread decides everything here; attempts at credentials block on threads of
/// their own and report back; requests are answered on the endpoint's thread, from memory.
final class Service {
  private var wiring: ServeWiring
  private let rewire: () throws(Failure) -> ServeWiring
  private var roster: Roster
  private let table = ProfileTable()
  private let hosts = AllowedHosts()
  private let clocks = SystemClocks()
  private let manager: ServiceManager
  private let signals: ServiceSignals
  private let reports = Reports()

  private var spread = Spread()
  private var schedule = Schedule<(profile: ServedProfile, appointment: Int)>()
  private var waiting = WaitingLine<ServedProfile>()
  private var slots = AttemptSlots()
  /// Of the present roster, once one of its hooks is run.
  private var environmentOfHooks: Environment?
  private var sessions: FileStamps?
  private var hasSaidReady = false
  private var nextTick = BootTime(nanoseconds: 0)
  private var watchdog: Watchdog?
  private let logins = UnattendedLogins()
  private let job: DetachedJob?

  /// How long an end may take: answers that are being given, and refreshes whose result must not be lost.
  private static let farewell = Duration.seconds(4)
  private static let tick = Duration.seconds(1)

  /// - Parameter job: where it goes on in the background of a CI job.
  init(
    _ wiring: ServeWiring, job: DetachedJob?, rewire: @escaping () throws(Failure) -> ServeWiring
  ) throws(Failure) {
    self.wiring = wiring
    self.job = job
    self.rewire = rewire
    manager = ServiceManager(wiring.environment)
    guard let signals = ServiceSignals() else {
      throw Failure(.output, "the system gives no further descriptor", hint: "raise the limit (ulimit -n)")
    }
    self.signals = signals
    roster = try Roster(wiring)
  }

  /// - Returns: the exit code.
  func run() throws(Failure) -> Int32 {
    let server: CredentialServer
    let listeners: ServeListeners
    // Before anybody can ask: a service without profiles would be ready.
    apply(roster)
    do throws(Failure) {
      listeners = try ServeListeners(wiring, manager, table, hosts, clocks)
      server = try listeners.start()
      if job == nil { try StandardOutput.deliver(listeners.announcement(server, roster)) }
    } catch {
      roster.leave()
      throw error
    }
    watchdog = manager.watchdogInterval.map { Watchdog($0, manager, server) }
    let code: Int32
    do throws(Failure) {
      code = try loop(server)
    } catch {
      finish(server)
      throw error
    }
    manager.stopping()
    finish(server)
    return code
  }

  // MARK: The loop

  private func loop(_ server: CredentialServer) throws(Failure) -> Int32 {
    while job?.isOver != true {
      for signal in signals.wait(atMost: pause) {
        switch signal {
        case .end(let number): return number == 15 ? ExitStatus.done : 128 + number
        case .reload: reload()
        case .tryAgain: tryAgain()
        }
      }
      for report in reports.take() { take(report) }
      let now = clocks.boot()
      if now >= nextTick { tick(now) }
      while let (profile, appointment) = schedule.take(by: now) {
        guard appointment == profile.appointment, isServed(profile) else { continue }
        profile.isDueEarly = profile.plan?.isEarly ?? false
        enqueue(profile)
      }
      startAttempts()
      try announceReadiness(server)
    }
    return ExitStatus.done
  }

  private var pause: Duration {
    let now = clocks.boot()
    let next = min(schedule.next ?? nextTick, nextTick)
    return max(.zero, next - now)
  }

  private func tick(_ now: BootTime) {
    nextTick = now + min(Self.tick, manager.watchdogInterval ?? Self.tick)
    watchdog?.tick(now)
    // Each first attempt ends in time; how many there are, and how many hang, the unit's author cannot know.
    if !hasSaidReady { manager.stillStarting(Attempt.patience * 2) }
    for profile in roster.profiles.values { profile.withdrawIfExpired() }
    noticeSessions()
    logins.takeNews(wiring.log)
    for profile in roster.profiles.values { attend(to: profile) }
  }

  /// Sees to it that a person hears of it who is needed: once for each need, with the code where there is one.
  private func attend(to profile: ServedProfile) {
    guard let reason = profile.need else { return }
    var need = LoginNeed(profile: profile.profile, message: reason)
    guard let session = unattendedSession(profile), let surroundings = wiring.surroundings(profile.profile) else {
      if profile.telling == .due, need.tell(hookEnvironment(), wiring.log) { profile.telling = .done }
      return
    }
    logins.attend(to: profile, session: session, surroundings, wiring.log) { [signals] in signals.wake() }
    switch (logins.word(session), profile.telling) {
    case (nil, _), (_, .done), (.noCode, .dueWithNewCode): return
    case (.code(let code), _): need.code = code
    case (.noCode, .due): break
    }
    if need.tell(hookEnvironment(), wiring.log) { profile.telling = .done }
  }

  /// The session for which a login may be begun here; nil where that is left to a person.
  private func unattendedSession(_ profile: ServedProfile) -> String? {
    wiring.mayBeginLogins && profile.profile.unattendedLogin ? profile.sessionFile : nil
  }

  private func hookEnvironment() -> Environment {
    if let environment = environmentOfHooks { return environment }
    let environment = LoginNeed.environment(
      wiring.environment, roster.profiles.values.map { ($0.profile, wiring.surroundings($0.profile)) })
    environmentOfHooks = environment
    return environment
  }

  // MARK: Attempts

  private func isServed(_ profile: ServedProfile) -> Bool { roster.profiles[profile.name] === profile }

  private func enqueue(_ profile: ServedProfile) {
    if profile.isTrying { profile.isChanged = true } else { waiting.add(profile, isUnproven: profile.isUnproven) }
    profile.isTrying = true
  }

  private func startAttempts() {
    let now = clocks.boot()
    while let (profile, isUnproven) = waiting.next(in: slots, at: now) { start(profile, isUnproven: isUnproven, now) }
  }

  private func start(_ profile: ServedProfile, isUnproven: Bool, _ now: BootTime) {
    profile.isTrying = true
    profile.isChanged = false
    let slot = slots.begin(isUnproven: isUnproven, at: now)
    let attempt = Attempt(
      profile.profile, profile.broker, clocks, isFirst: !profile.hasToldOfEnd, isUrged: profile.isUrged,
      replacing: profile.isDueEarly ? profile.lease : nil)
    (profile.isUrged, profile.isDueEarly) = (false, false)
    let (name, number) = (profile.name, profile.number)
    let hasStarted = BackgroundThread.start { [reports, signals] in
      reports.add(Report(profile: name, number: number, slot: slot, outcome: attempt.run()))
      signals.wake()
    }
    guard !hasStarted else { return }
    slots.end(slot)
    profile.isTrying = false
    schedule.add((profile, profile.newAppointment()), at: now + Pace.retry)
  }

  private func take(_ report: Report) {
    slots.end(report.slot)
    guard let profile = roster.profiles[report.profile], profile.number == report.number else { return }
    profile.isTrying = false
    if profile.isChanged { return enqueue(profile) }
    profile.take(report.outcome, wiring.log, saysFailure: job == nil || hasSaidReady)
    let now = clocks.boot()
    var pause = Pace.retry(due: report.outcome.retryDue)
    if let plan = profile.plan { spread.withdraw(plan) }
    profile.plan = nil
    if let lease = profile.lease, !profile.isFailing {
      let lifetime = lease.credentials.expiration - lease.obtainedAt
      let plan = spread.renewal(due: profile.broker.renewalDue(lease), lifetime: lifetime, now: now)
      (pause, profile.plan) = (plan.pause, plan)
    }
    schedule.add((profile, profile.newAppointment()), at: now + pause)
  }

  // MARK: What happens elsewhere

  /// Somebody logged in or out on the same state directory.
  private func noticeSessions() {
    guard let changed = sessions?.update(), !changed.isEmpty else { return }
    for profile in roster.profiles.values {
      guard let file = profile.sessionFile, changed.contains(file) else { continue }
      if sessions?.files[file] == nil { profile.endSession() }
      enqueue(profile)
    }
  }

  private func tryAgain() {
    let woken = logins.wakeUp()
    for profile in roster.profiles.values where profile.isFailing {
      // Whoever asks for a new code shall not be left with one that is of no use any more.
      if profile.telling == .done, let session = unattendedSession(profile), woken.contains(session) {
        profile.telling = .dueWithNewCode
      }
      profile.isUrged = true
      enqueue(profile)
    }
  }

  private func reload() {
    manager.reloading()
    do throws(Failure) {
      let next = try rewire()
      let nextRoster = try Roster(next, after: roster)
      if next.settings.needsRestart(after: wiring.settings) {
        next.log.log(.warning, "other addresses are listened on only after a restart")
      }
      wiring = next
      roster.leave(for: nextRoster)
      apply(nextRoster)
    } catch {
      wiring.log.log(.warning, "the configuration is not reloaded, and the one before holds: \(error.explanation)")
    }
    manager.ready(status)
  }

  private func apply(_ next: Roster) {
    roster = next
    environmentOfHooks = nil
    hosts.replace(with: wiring.settings.allowedHosts)
    table.entries = next.profiles.values.map(\.entry).sorted { $0.name < $1.name }
    waiting = WaitingLine()
    sessions = wiring.state.map { FileStamps(of: $0, where: CredentialBroker.isSessionFile) }
    for profile in next.profiles.values { enqueue(profile) }
  }

  private func announceReadiness(_ server: CredentialServer) throws(Failure) {
    guard !hasSaidReady, roster.profiles.values.allSatisfy(\.hasTried) else { return }
    hasSaidReady = true
    if let job, let profile = roster.profiles.values.first {
      // A job whose first credentials cannot be had shall fail here, where its log says why.
      if let failure = profile.failure { throw failure }
      try job.export(profile, url: server.url, wiring.log)
    }
    manager.ready(status)
  }

  private var status: String {
    let count = roster.profiles.values.count { $0.lease != nil }
    return "credentials for \(count) of \(roster.profiles.count) profiles"
  }

  /// No new attempt is begun; one that is under way may hold a refresh token that was redeemed already.
  private func finish(_ server: CredentialServer) {
    let deadline = clocks.boot() + Self.farewell
    server.drain(until: deadline, clocks: clocks)
    while slots.count > 0, case let left = deadline - clocks.boot(), left > .zero {
      _ = signals.wait(atMost: left)
      for report in reports.take() { slots.end(report.slot) }
    }
    // What still prints a token prints it for nobody.
    ProgramRunner.killAll()
    roster.leave()
    job?.leave()
  }
}
