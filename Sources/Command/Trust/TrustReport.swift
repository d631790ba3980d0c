import Formats
import Model
import Trust

/// `trust check`, for a person and for a program.
struct TrustReport {
  let judgement: PolicyJudgement
  let token: TokenInHand
  /// Of the window; `.max` where there is none, and each text stays on one line.
  let columns: Int

  // MARK: For a person

  var text: String {
    var lines = wrapped(verdict) + [""]
    lines += Facts(
      [
        ("iss", token.issuer.printable()), ("sub", token.subject.printable()),
        ("aud", token.audiences.map { $0.printable() }.joined(separator: ", ")),
      ], indent: "  ", width: 6
    ).lines(columns: columns)
    for statement in judgement.statements {
      let sid = statement.sid.map { " \"\($0.printable(limit: 60))\"" } ?? ""
      lines.append("")
      lines += wrapped(
        "Statement \(statement.number)\(sid) (\(statement.isAllow ? "Allow" : "Deny")): \(state(statement))")
      lines += statement.reasons.flatMap { wrapped($0, label: "  - ") }
    }
    for finding in judgement.findings {
      let place = finding.statement.map { ", statement \($0)" } ?? ""
      lines.append("")
      lines += wrapped(
        "\(finding.level == .fault ? "Fault" : "Advice") \(finding.code.rawValue)\(place): \(finding.message)")
      if let hint = finding.hint { lines += wrapped(hint, label: "  -> ") }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func wrapped(_ text: String, label: String = "") -> [String] {
    columns == .max ? [label + text] : Paragraph(text).lines(columns: columns, label: label)
  }

  private var verdict: String {
    switch judgement.verdict {
    case .allowed: "AWS would let this token in."
    case .refused: "AWS would refuse this token: no statement lets it in."
    case .denied: "AWS would refuse this token: a Deny keeps it out."
    case .undecided: "Whether AWS lets this token in depends on what only AWS knows."
    }
  }

  private func state(_ statement: PolicyJudgement.StatementJudgement) -> String {
    switch statement.applies {
    case true?: "applies"
    case false?: "does not apply"
    case nil: "may apply"
    }
  }

  // MARK: For a program

  /// One object on one line; every key is always there.
  var json: String {
    let statements = judgement.statements.map { statement in
      JSON.object(
        JSONObject([
          ("number", JSON(Int64(statement.number))), ("sid", statement.sid.map { JSON($0) } ?? .null),
          ("effect", statement.isAllow ? "Allow" : "Deny"), ("applies", statement.applies.map(JSON.bool) ?? .null),
          ("reasons", .array(statement.reasons.map { JSON($0) })),
        ]))
    }
    let findings = judgement.findings.map { finding in
      JSON.object(
        JSONObject([
          ("code", JSON(finding.code.rawValue)), ("level", JSON(finding.level.rawValue)),
          ("statement", finding.statement.map { JSON(Int64($0)) } ?? .null), ("message", JSON(finding.message)),
          ("hint", finding.hint.map { JSON($0) } ?? .null),
        ]))
    }
    let document = JSON.object(
      JSONObject([
        ("verdict", JSON(judgement.verdict.rawValue)), ("issuer", .string(token.issuer)),
        ("subject", .string(token.subject)), ("audiences", .array(token.audiences.map(JSON.string))),
        ("statements", .array(statements)), ("findings", .array(findings)),
      ]))
    return String(decoding: document.serialized(), as: UTF8.self) + "\n"
  }
}
