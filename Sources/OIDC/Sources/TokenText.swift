public import Model
import Formats

/// The bytes of a pre-issued token as a file, a variable, a program or a service gives them.
public enum TokenText {
  /// What a reader needs to see that there is too much: a token, and a line end.
  public static let readLimit = 20_003

  /// Without one line end at the end, which editors and `echo` add. Any other blank is left where it is, and refused
  /// when the token is inspected: it does not belong to what was issued.
  public static func token(_ bytes: some Collection<UInt8>, from place: String) throws(SourceError) -> UnverifiedToken {
    var text = Array(bytes)[...]
    if text.last == UInt8(ascii: "\n") {
      text = text.dropLast()
      if text.last == UInt8(ascii: "\r") { text = text.dropLast() }
    }
    guard !text.isEmpty else { throw .empty(place: place) }
    guard text.count <= 20_000 else { throw .tooLong(place: place) }
    return UnverifiedToken(Secret(text))
  }

  /// The text that `pointer` (RFC 6901) leads to in a JSON document.
  static func token(_ body: [UInt8], at pointer: String, from place: String) throws(SourceError) -> UnverifiedToken {
    let document: JSON
    do throws(JSONError) {
      document = try JSON.parse(body)
    } catch {
      throw .unusableReply(by: place, reason: error.message)
    }
    guard let text = document[pointer: pointer]?.text else {
      throw .unusableReply(by: place, reason: "there is no text at \(pointer) in it")
    }
    return try token(text.utf8, from: "\(pointer) in the reply of \(place)")
  }
}
