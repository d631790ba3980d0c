public import Model

/// Takes secrets out of a server's words, which go into messages and logs: some servers repeat the token that they did
/// not like.
public enum Redaction {
  /// The text with each run of token characters replaced that is a JWT (or begins as one), is longer than anything else
  /// that belongs into a message, or holds the beginning of something that was sent.
  ///
  /// - Parameter secrets: what the request held. The beginning is enough, because servers also cut what they repeat.
  public static func withoutTokens(_ text: String, sent secrets: [Secret] = []) -> String {
    let beginnings = secrets.compactMap(beginning)
    var result: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let run = rest.prefix(while: isTokenByte)
      let isJWT = run.count > 40 && run.starts(with: "eyJ".utf8)
      let isToken = isJWT || run.count > 128 || beginnings.contains { holds(run, $0) }
      result += isToken ? Array("<redacted>".utf8)[...] : run
      rest = rest.dropFirst(run.count)
      let between = rest.prefix { !isTokenByte($0) }
      result += between
      rest = rest.dropFirst(between.count)
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The first bytes of the longest part that can stand in one run. Nil where that is too short to be told from a word.
  private static func beginning(of secret: Secret) -> [UInt8]? {
    secret.withBytes { bytes in
      let longest = bytes.split { !isTokenByte($0) }.max { $0.count < $1.count } ?? bytes[..<0]
      return longest.count >= 8 ? Array(longest.prefix(8)) : nil
    }
  }

  private static func holds(_ run: ArraySlice<UInt8>, _ part: [UInt8]) -> Bool {
    run.indices.contains { run[$0...].starts(with: part) }
  }

  /// Base64, base64url and the dots of a JWT.
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    isUnreserved(byte) || "+/=".utf8.contains(byte)
  }
}
