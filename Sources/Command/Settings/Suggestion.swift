/// Finds the name that was probably meant.
enum Suggestion {
  /// The candidate with the fewest edits, if those are few enough to be a slip: one in three characters, at least one,
  /// or two. Of equals the first.
  static func nearest(to word: String, in candidates: [String]) -> String? {
    // Nobody misspells a name into one this long, and the work grows with the product of the lengths.
    guard word.utf8.count <= 64 else { return nil }
    // Who stops early means the rest: `--role` is `--role-arn`, not `--scope`.
    let beginning = folded(word)
    if beginning.count >= 4, let longer = candidates.first(where: { folded($0).starts(with: beginning) }) {
      return longer
    }
    let limit = max(2, word.utf8.count / 3)
    var best: (name: String, distance: Int)?
    for candidate in candidates {
      let distance = distance(folded(word), folded(candidate))
      if distance <= limit, distance < candidate.utf8.count, distance < best?.distance ?? .max {
        best = (candidate, distance)
      }
    }
    return best?.name
  }

  /// Case and the choice between `-` and `_` cost nothing.
  private static func folded(_ word: String) -> [UInt8] {
    word.lowercased().utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
  }

  /// Insertions, deletions, substitutions, and swaps of neighbours (optimal string alignment).
  static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (left[row] == right[column] ? 0 : 1))
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          cost = min(cost, beforeLast[column - 1] + 1)
        }
        current.append(cost)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}
