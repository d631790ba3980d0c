/// A generator with a known start (SplitMix64), so that a failure can be had again.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// `count` inputs, each a few random edits away from one of `seeds`: bytes flipped, dropped, repeated, replaced by
/// bytes that mean something in the format, or whole stretches copied elsewhere.
func mutations(of seeds: [String], alphabet: String, count: Int = 2_000, seed: UInt64 = 1) -> [[UInt8]] {
  var generator = SeededGenerator(seed: seed)
  let alphabet = Array(alphabet.utf8)
  return (0..<count).map { index in
    var bytes = Array(seeds[index % seeds.count].utf8)
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let position = Int.random(in: 0...bytes.count, using: &generator)
      let end = min(bytes.count, position + Int.random(in: 0...8, using: &generator))
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: position)
      case 1: bytes.insert(alphabet.randomElement(using: &generator) ?? 0, at: position)
      case 2: bytes.removeSubrange(position..<end)
      case 3: bytes.insert(contentsOf: bytes[position..<end], at: Int.random(in: 0...bytes.count, using: &generator))
      case 4: if position < bytes.count { bytes[position] = alphabet.randomElement(using: &generator) ?? 0 }
      default: if position < bytes.count { bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator) }
      }
    }
    return bytes
  }
}

/// Every proper prefix of a document.
func truncations(of text: String) -> [[UInt8]] {
  let bytes = Array(text.utf8)
  return bytes.indices.map { Array(bytes[..<$0]) }
}
