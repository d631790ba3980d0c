import Broker
import Formats
import Model

/// `source`, for a person and for a program.
struct SourceReport {
  let survey: SourceSurvey
  var style = Style(isOn: false)
  /// Of the window.
  var columns = 80

  // MARK: For a person

  var text: String {
    var lines = verdict
    let here = survey.findings.filter { $0.isDetected || $0.isChosen }
    if !here.isEmpty {
      lines += ["", "Detected here, in the order in which they are looked for:"]
      lines += Facts(here.map { ($0.name, summary($0)) }, indent: "  ", width: 17).lines(columns: columns)
    }
    let others = survey.findings.filter { !$0.isDetected && !$0.isChosen }.map(\.name)
    lines += [""] + Paragraph(others.joined(separator: ", ")).lines(columns: columns, label: "Not here: ")
    return lines.joined(separator: "\n") + "\n"
  }

  private var verdict: [String] {
    if let chosen = survey.findings.first(where: \.isChosen) {
      let text = chosen.isUsable ? style.good("would be used") : style.bad("would be used, and fails")
      return ["\(style.strong(chosen.name)) \(text)"]
    }
    return Paragraph(survey.refusal?.explanation ?? "no identity").lines(columns: columns)
  }

  private func summary(_ finding: SourceFinding) -> String {
    let state = finding.isUsable ? style.good("usable") : style.bad("not usable")
    let place = finding.isChosen || survey.refusal != nil ? "" : "; not reached"
    return "\(state)\(place): \(finding.reason.printable(limit: 400))"
  }

  // MARK: For a program

  /// `{"sources":[…]}` on one line, with `error` where none would be used.
  var json: String {
    let sources = survey.findings.map { finding in
      JSON.object(
        JSONObject([
          ("name", JSON(finding.name)), ("detected", .bool(finding.isDetected)), ("usable", .bool(finding.isUsable)),
          ("would_be_used", .bool(finding.isChosen)), ("reason", JSON(finding.reason)),
        ]))
    }
    var members: [(String, JSON)] = [("sources", .array(sources))]
    if let refusal = survey.refusal { members.append(("error", JSON(refusal.explanation))) }
    let document = JSON.object(JSONObject(members))
    return String(decoding: document.serialized(), as: UTF8.self) + "\n"
  }
}
