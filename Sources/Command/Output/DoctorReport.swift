import Broker
import Formats
import Model

/// `doctor`, for a person and for a program.
struct DoctorReport {
  let profile: String
  /// Of the window; `.max` where there is none, and each text stays on one line.
  let columns: Int
  var style = Style(isOn: false)
  var results: [CheckResult] = []

  var faults: Int { count(.fault) }

  private func count(_ status: Verdict.Status) -> Int { results.count { $0.verdict.status == status } }

  // MARK: For a person

  /// The check's line, and below it what to do. In a window nothing of what was skipped: `summary` has it.
  func text(of result: CheckResult) -> String {
    let (check, verdict) = (result.check.rawValue, result.verdict)
    if isInWindow, verdict.status == .skipped { return "" }
    let label = padded(verdict.status.rawValue, 9) + padded(check, 11)
    var lines = wrapped(verdict.message, label: label)
    // The word is emphasized only now: emphasis takes no columns.
    let word = verdict.status.rawValue
    if let first = lines.first { lines[0] = emphasized(verdict.status) + first.dropFirst(word.count) }
    if let hint = verdict.hint { lines += wrapped("-> \(hint)", label: String(repeating: " ", count: label.count)) }
    return lines.map { $0 + "\n" }.joined()
  }

  private var isInWindow: Bool { columns != .max }

  /// In a window: what was skipped, a line for each reason, so that there is room for what is wrong.
  private var skipped: String {
    guard isInWindow else { return "" }
    var groups: [(reason: String, checks: [String])] = []
    for result in results where result.verdict.status == .skipped {
      if let index = groups.firstIndex(where: { $0.reason == result.verdict.message }) {
        groups[index].checks.append(result.check.rawValue)
      } else {
        groups.append((result.verdict.message, [result.check.rawValue]))
      }
    }
    let label = padded(Verdict.Status.skipped.rawValue, 9)
    return groups.flatMap { wrapped("\($0.checks.joined(separator: ", ")): \($0.reason)", label: label) }
      .map { $0 + "\n" }.joined()
  }

  /// What it comes to.
  var summary: String {
    let warnings = count(.warning)
    let parts = [
      faults == 0 ? "no faults" : faults == 1 ? "1 fault" : "\(faults) faults",
      warnings == 0 ? nil : warnings == 1 ? "1 warning" : "\(warnings) warnings",
    ]
    let first = results.first { $0.verdict.status == .fault }?.check.rawValue ?? ""
    let advice = faults > 1 ? "; begin with \(first), others often follow from it" : ""
    return skipped
      + "\nProfile \(profile.printable(limit: 64)): \(parts.compactMap { $0 }.joined(separator: ", "))\(advice).\n"
  }

  private func wrapped(_ text: String, label: String) -> [String] {
    let text = text.printable(limit: 2000)
    return isInWindow ? Paragraph(text).lines(columns: columns, label: label) : [label + text]
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }

  private func emphasized(_ status: Verdict.Status) -> String {
    switch status {
    case .ok: style.good(status.rawValue)
    case .fault: style.bad(status.rawValue)
    case .warning: style.strong(status.rawValue)
    case .skipped: status.rawValue
    }
  }

  // MARK: For a program

  /// One object on one line; `hint` is null where there is nothing to do.
  var json: String {
    let checks = results.map { result in
      JSON.object(
        JSONObject([
          ("name", JSON(result.check.rawValue)), ("status", JSON(result.verdict.status.rawValue)),
          ("message", JSON(result.verdict.message)), ("hint", result.verdict.hint.map { JSON($0) } ?? .null),
        ]))
    }
    let document = JSON.object(
      JSONObject([
        ("profile", JSON(profile)), ("faults", JSON(Int64(faults))), ("warnings", JSON(Int64(count(.warning)))),
        ("checks", .array(checks)),
      ]))
    return String(decoding: document.serialized(), as: UTF8.self) + "\n"
  }
}

extension DoctorReport {
  /// A configuration that could be read: where it is, and what in the environment looks like a part of it and is none.
  static func config(_ settings: Settings, _ profile: Profile) -> Verdict {
    let warnings: [String]
    do throws(Failure) { warnings = try settings.warnings(for: profile) } catch { return .fault(error) }
    guard warnings.isEmpty else { return .warning(warnings.joined(separator: "; ")) }
    guard let path = settings.configPath else { return .ok("no config file; flags and variables alone") }
    let isThere = settings.profileNames.contains(profile.name)
    return .ok("\(path.printable()), \(isThere ? "profile" : "without profile") \(profile.name.printable())")
  }
}
