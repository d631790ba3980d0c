import Model
import Synchronization

@testable import Endpoint

final class ManualClocks: Clocks {
  private let time: Mutex<Int64>

  init(_ seconds: Int64 = 1_800_000_000) { time = Mutex(seconds) }

  func wall() -> WallTime { WallTime(seconds: time.withLock { $0 }) }
  func boot() -> BootTime { BootTime(nanoseconds: time.withLock { $0 } * 1_000_000_000) }
  func sleep(_ duration: Duration) throws(Interrupted) {}
  func advance(by seconds: Int64) { time.withLock { $0 += seconds } }
}

let token = Secret("q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA")

let credentials = AWSCredentials(
  accessKeyID: "ASIAEXAMPLE", secretAccessKey: Secret("secret/+\"\\key"), sessionToken: Secret("session=="),
  expiration: WallTime(seconds: 1_800_003_600))

/// What `credentials` look like to an SDK: 1_800_003_600 is 2027-01-15T09:00:00Z.
let document = """
  {"AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"secret/+\\"\\\\key","Token":"session==",\
  "Expiration":"2027-01-15T09:00:00Z"}
  """

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
func slice(_ text: String) -> ArraySlice<UInt8> { bytes(text)[...] }

extension RequestReader {
  mutating func append(_ bytes: some Collection<UInt8>) { Array(bytes).withUnsafeBytes { append($0) } }
}
