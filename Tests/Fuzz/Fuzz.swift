import Glibc

/// What reads bytes from outside, by the name that `ci/fuzz` calls it. Each holds its reader to more than not trapping:
/// what it takes must survive being written and read again.
let readers: [String: @Sendable ([UInt8]) -> Void] = [
  "json": json,
  "jws": jws,
  "xml": xml,
  "toml": toml,
  "ini": ini,
  "http": http,
  "url": url,
  "time": time,
  "form": form,
  "provider": provider,
  "sts": sts,
  "policy": policy,
  "answer": answer,
]

private let reader: @Sendable ([UInt8]) -> Void = {
  let name = getenv("DAYPASS_FUZZ").map { String(cString: $0) } ?? ""
  guard let reader = readers[name] else {
    print(readers.keys.sorted().joined(separator: "\n"))
    exit(name.isEmpty ? 0 : 64)
  }
  return reader
}()

/// Called by libFuzzer with each input. <https://llvm.org/docs/LibFuzzer.html#fuzz-target>
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  reader(Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}

/// Before the first input, so that without a name it lists the readers and ends.
@_cdecl("LLVMFuzzerInitialize")
func initialize(_: UnsafeMutablePointer<CInt>?, _: UnsafeMutableRawPointer?) -> CInt {
  _ = reader
  return 0
}

/// A claim about the reader that the input has disproved.
func hold(_ claim: Bool, _ what: String) {
  if !claim { fatalError("does not hold: \(what)") }
}
