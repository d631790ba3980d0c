import Testing

@testable import Broker

@Suite struct WindowsTests {
  private func verdict(left: Int64, lifetime: Int64, minimumTTL: Int64 = 0, isResting: Bool = false) -> Windows.Verdict
  {
    Windows.verdict(left: left, lifetime: lifetime, minimumTTL: minimumTTL, isResting: isResting)
  }

  @Test(arguments: [
    (3600, 3600, Windows.Verdict.fresh), (1200, 3600, .fresh), (1199, 3600, .renewIfFree), (600, 3600, .renewIfFree),
    (599, 3600, .renew), (1, 3600, .renew), (0, 3600, .acquire), (-5, 3600, .acquire),
    (900, 1800, .fresh), (899, 1800, .renewIfFree), (449, 1800, .renew),
    (450, 900, .fresh), (449, 900, .renewIfFree), (224, 900, .renew),
    (1200, 43_200, .fresh), (1199, 43_200, .renewIfFree), (599, 43_200, .renew),
  ])
  func `windows open at R and M of each lifetime`(left: Int64, lifetime: Int64, expected: Windows.Verdict) {
    #expect(verdict(left: left, lifetime: lifetime) == expected)
  }

  @Test func `a failure that is recorded keeps everyone from trying while there are unexpired credentials`() {
    #expect(verdict(left: 100, lifetime: 3600, isResting: true) == .fresh)
    #expect(verdict(left: 100, lifetime: 3600) == .renew)
    #expect(verdict(left: 0, lifetime: 3600, isResting: true) == .acquire)
  }

  @Test func `a demand for more than is left renews`() {
    #expect(verdict(left: 1800, lifetime: 3600, minimumTTL: 1801) == .renew)
    #expect(verdict(left: 1800, lifetime: 3600, minimumTTL: 1800) == .fresh)
  }

  @Test func `a demand that new ones could not meet either does not buy at every call`() {
    #expect(verdict(left: 3599, lifetime: 3600, minimumTTL: 7200) == .fresh)
    #expect(verdict(left: 3000, lifetime: 3600, minimumTTL: 7200) == .renew)
    #expect(verdict(left: 1, lifetime: 1, minimumTTL: .max) == .fresh)
  }

  @Test func `a clock set back does not make credentials look younger than they are`() {
    #expect(verdict(left: 90_000, lifetime: 3600) == .renew)
  }
}
