/// Labels and what is to be said of them, one under the other.
struct Facts {
  private let facts: [(label: String, text: String)]
  private let indent: String
  private let width: Int

  /// - Parameters:
  ///   - facts: those without a text are left out.
  ///   - indent: before each line.
  ///   - width: columns of a label and the blanks behind it.
  init(_ facts: [(label: String, text: String?)], indent: String, width: Int) {
    self.facts = facts.compactMap { fact in fact.text.map { (fact.label, $0) } }
    self.indent = indent
    self.width = width
  }

  /// - Parameter columns: of the window; `.max` where there is none, and each text stays as it is, on one line.
  func lines(columns: Int) -> [String] {
    facts.flatMap { fact in
      let label = indent + fact.label + String(repeating: " ", count: max(1, width - fact.label.count))
      return columns == .max ? [label + fact.text] : Paragraph(fact.text).lines(columns: columns, label: label)
    }
  }
}
