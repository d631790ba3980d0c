import Model
import Testing

@testable import Broker
@testable import Command

@Suite("An identity that cannot be renewed")
struct LastCredentialsTests {
  private func status(_ source: String, end: Int64, canRefresh: Bool = false) -> ProfileStatus {
    var status = ProfileStatus(name: "default", source: source, state: .ok)
    status.identityExpiresAt = WallTime(seconds: end)
    status.canRefresh = canRefresh
    status.isRenewable = source != "env"
    return status
  }

  /// Credentials of an hour, bought at 0.
  private let lease = Lease(
    credentials: AWSCredentials(
      accessKeyID: "A", secretAccessKey: Secret("B"), sessionToken: Secret("C"), expiration: WallTime(seconds: 3600)),
    obtainedAt: WallTime(seconds: 0), arn: nil, account: nil)

  @Test(
    "gives credentials as long as it lasts, bought anew 20 minutes before each end",
    arguments: [
      (300, 3600), (2400, 3600), (2401, 6000), (4800, 6000), (4801, 8400), (-1, 3600),
    ])
  func end(identity: Int64, credentials: Int64) throws {
    let last = try #require(LastCredentials(status("env", end: identity), Profile(name: "default")))
    #expect(last.end(lease) == WallTime(seconds: credentials))
  }

  @Test("and of a chain as long as its first role's credentials last")
  func chain() throws {
    var chained = lease
    // The token of 5 minutes bought the first role for 12 hours.
    chained.root = Lease.Root(obtainedAt: WallTime(seconds: 0), expiration: WallTime(seconds: 43_200))
    let last = try #require(LastCredentials(status("env", end: 300), Profile(name: "default")))
    #expect(last.end(chained) == WallTime(seconds: 3600 + 17 * 2400))
    chained.root?.expiration = WallTime(seconds: 3600)
    #expect(last.end(chained) == WallTime(seconds: 6000))
  }

  @Test("that outlives every run is not worth a word")
  func endless() throws {
    for end in [.max, 100 * 365 * 86_400] as [Int64] {
      let last = try #require(LastCredentials(status("env", end: end), Profile(name: "default")))
      #expect(last.notice(lease, now: WallTime(seconds: 0)) == nil)
    }
  }

  @Test("and whose end nobody knows promises no further credentials")
  func unknown() throws {
    var status = status("vercel", end: 0)
    status.identityExpiresAt = nil
    status.isRenewable = false
    let last = try #require(LastCredentials(status, Profile(name: "default")))
    #expect(last.end(lease) == lease.credentials.expiration)
  }

  @Test("is a token in a variable, or a session without a refresh token")
  func kinds() throws {
    var profile = Profile(name: "default")
    profile.tokenEnv = "ID_TOKEN"
    let notice = LastCredentials(status("env", end: 300), profile)?.notice(lease, now: WallTime(seconds: 0))
    #expect(
      notice == "the token in ID_TOKEN cannot be renewed: credentials end at 1970-01-01T01:00:00Z (in 60 min); "
        + "a longer `duration` keeps them longer")
    #expect(LastCredentials(status("login", end: 300), profile) != nil)
    #expect(LastCredentials(status("login", end: 300, canRefresh: true), profile) == nil)
    #expect(LastCredentials(status("file", end: 300), profile) == nil)
    #expect(LastCredentials(ProfileStatus(name: "default", source: "env", state: .none), profile) == nil)
  }
}
