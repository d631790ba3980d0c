import Model

/// Text with secrets in it, while it is being put together. What was gathered is overwritten by `finish`; a text that
/// outgrows the first reservation leaves a copy behind, so that is larger than any credentials.
struct SecretText: ~Copyable {
  private var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(64 << 10) }

  mutating func append(_ text: String) { bytes += text.utf8 }

  mutating func append(_ secret: Secret) {
    secret.withBytes { bytes += $0 }
  }

  /// With `mark` before each byte of `special`.
  mutating func append(_ secret: Secret, escaping special: String, with mark: UInt8) {
    secret.withBytes { content in
      for byte in content {
        if special.utf8.contains(byte) { bytes.append(mark) }
        bytes.append(byte)
      }
    }
  }

  mutating func append(_ secret: Secret, replacing byte: UInt8, by replacement: String) {
    secret.withBytes { content in
      for other in content {
        if other == byte { bytes += replacement.utf8 } else { bytes.append(other) }
      }
    }
  }

  consuming func finish() -> Secret {
    let secret = Secret(bytes)
    bytes.withUnsafeMutableBytes { Erasure.erase($0) }
    return secret
  }
}

extension Secret {
  func holds(_ only: (UInt8) -> Bool) -> Bool { withBytes { $0.allSatisfy(only) } }
}

extension UInt8 {
  var isVisibleASCII: Bool { 0x21 <= self && self <= 0x7E }

  /// Without meaning to any shell, to cmd.exe, and to readers of dotenv files.
  var isPlainEverywhere: Bool { isASCIILetter || isASCIIDigit || "+/=._-:,@".utf8.contains(self) }
}
