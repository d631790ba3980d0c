import Model

/// A value of a condition as IAM reads it: wildcards where the operator knows them, and policy variables.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
struct PolicyValue {
  /// A Unicode scalar's number, or one of those below.
  private typealias Piece = UInt32
  private static let anyRun: Piece = 0x11_0000
  private static let anyOne: Piece = 0x11_0001

  private var pieces: [Piece] = []
  /// Whether something stands in it that only AWS can fill in.
  private(set) var hasVariable = false

  /// - Parameters:
  ///   - wildcards: whether `*` and `?` mean more than themselves.
  ///   - variables: whether the policy's version knows them; in older ones `${` is text.
  init(_ text: ByteText, wildcards: Bool, variables: Bool) {
    var rest = Array(text.string.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      if variables, scalar == "$", rest.first == "{", let end = rest.firstIndex(of: "}") {
        let name = rest[rest.index(after: rest.startIndex)..<end]
        rest = rest[(end + 1)...]
        if name.count == 1, let only = name.first, ["*", "?", "$"].contains(only) {
          pieces.append(only.value)
        } else {
          hasVariable = true
        }
      } else if wildcards, scalar == "*" {
        pieces.append(Self.anyRun)
      } else if wildcards, scalar == "?" {
        pieces.append(Self.anyOne)
      } else {
        pieces.append(scalar.value)
      }
    }
  }

  var hasWildcard: Bool { pieces.contains(Self.anyRun) || pieces.contains(Self.anyOne) }

  /// Remembers only the last run: the product of both lengths at worst.
  func matches(_ text: ByteText, ignoringCase: Bool = false) -> Bool {
    let text = text.string.unicodeScalars.map { ignoringCase ? Self.lowercased($0.value) : $0.value }
    let pieces = ignoringCase ? self.pieces.map(Self.lowercased) : self.pieces
    var position = 0
    var place = 0
    var run: (place: Int, position: Int)?
    while position < text.count {
      if place < pieces.count, pieces[place] == Self.anyRun {
        run = (place, position)
        place += 1
      } else if place < pieces.count, pieces[place] == text[position] || pieces[place] == Self.anyOne {
        position += 1
        place += 1
      } else if let last = run {
        run = (last.place, last.position + 1)
        place = last.place + 1
        position = last.position + 1
      } else {
        return false
      }
    }
    return pieces[place...].allSatisfy { $0 == Self.anyRun }
  }

  private static func lowercased(_ piece: Piece) -> Piece {
    (Piece(UInt8(ascii: "A"))...Piece(UInt8(ascii: "Z"))).contains(piece) ? piece | 0x20 : piece
  }

  /// The text that means exactly this and nothing more in a policy of version 2012-10-17.
  ///
  /// - Parameter wildcards: whether the operator would take `*` and `?` for wildcards.
  static func literal(_ text: ByteText, wildcards: Bool) -> String {
    var result = ""
    let scalars = Array(text.string.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      let beginsVariable = scalar == "$" && index + 1 < scalars.count && scalars[index + 1] == "{"
      if beginsVariable || (wildcards && (scalar == "*" || scalar == "?")) {
        result += "${\(scalar)}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
