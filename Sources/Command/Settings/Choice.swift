import Model

/// An option that takes one of a few words and is no setting of a profile.
struct Choice<Value> {
  /// With its dashes.
  let flag: String
  /// What counts where the flag is not given; empty is as if unset.
  var variable: String?
  let values: [(name: String, value: Value)]

  init(_ flag: String, variable: String? = nil, _ values: [(name: String, value: Value)]) {
    self.flag = flag
    self.variable = variable
    self.values = values
  }

  func read(_ given: String?, _ environment: [String: String] = [:], standard: Value) throws(Failure) -> Value {
    if let given { return try value(given, of: flag, .usage) }
    guard let variable, let text = environment[variable], !text.isEmpty else { return standard }
    return try value(text, of: variable, .configuration)
  }

  private func value(_ text: String, of origin: String, _ kind: FailureKind) throws(Failure) -> Value {
    if let match = values.first(where: { $0.name == text }) { return match.value }
    let names = values.map(\.name)
    throw Failure(
      kind, "\(origin) must be \(Choice.list(names)), not \"\(text.printable(limit: 40))\"",
      hint: Suggestion.nearest(to: text, in: names).map { "did you mean \($0)?" })
  }

  /// `a, b or c`
  private static func list(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " or " + last
  }
}

extension Choice where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
  init(_ flag: String, variable: String? = nil) {
    self.init(flag, variable: variable, Value.allCases.map { ($0.rawValue, $0) })
  }
}
