import Model
import Testing

struct CadenceTests {
  @Test func isDueAtFirstAndOncePerPause() {
    let cadence = Cadence(.seconds(60))
    func isDue(_ second: Int64) -> Bool { cadence.isDue(at: BootTime(nanoseconds: second * 1_000_000_000)) }
    #expect(isDue(1000))
    #expect(!isDue(1000) && !isDue(1059))
    #expect(isDue(1060))
    #expect(!isDue(1061))
    #expect(isDue(100_000))
  }
}
