public import Model
import OIDC

/// What is known of one source here, found out without asking anybody.
public struct SourceFinding: Sendable {
  public let name: String
  /// Whether it is configured, or its mark is seen.
  public let isDetected: Bool
  /// Whether there is a token, or what is needed to ask for one.
  public let isUsable: Bool
  public let isChosen: Bool
  /// What shows that it is here, or what is wrong with it; what would show it.
  public let reason: String
}

/// Every source, and which of them would be used.
public struct SourceSurvey: Sendable {
  /// In the order in which they are looked for.
  public let findings: [SourceFinding]
  /// Why none would be used; nil where one would be.
  public let refusal: Failure?

  public init(_ surroundings: Surroundings, profile: Profile) {
    let selection = SourceSelection(surroundings, profile)
    var chosen: (name: String, reason: String)?
    do throws(Failure) {
      chosen = try selection.choice()
      refusal = nil
    } catch {
      refusal = error
    }
    let names = ["file", "env", "command", "url", "saml", "login"] + Platform.all.map(\.name)
    findings = names.map { name in
      SourceSurvey.finding(name, selection, chosen: chosen?.name == name ? chosen?.reason : nil)
    }
  }

  private static func finding(_ name: String, _ selection: SourceSelection, chosen: String?) -> SourceFinding {
    let mark = mark(of: name, selection)
    var finding = (isUsable: false, reason: chosen ?? mark ?? absence(of: name))
    if chosen != nil || mark != nil {
      do throws(Failure) {
        try check(name, selection)
        finding.isUsable = true
      } catch {
        finding.reason = error.explanation
      }
    }
    return SourceFinding(
      name: name, isDetected: mark != nil, isUsable: finding.isUsable, isChosen: chosen != nil, reason: finding.reason)
  }

  private static func mark(of name: String, _ selection: SourceSelection) -> String? {
    let profile = selection.profile
    if name == "login" {
      return profile.issuer != nil && profile.clientID != nil ? "issuer and client_id are set" : nil
    }
    let keys = SourceSelection.settings.filter { $0.name == name }.map(\.key)
    if !keys.isEmpty { return keys.first(where: selection.isSet).map { "\($0.rawValue) (\(profile.origin(of: $0)))" } }
    return Platform.all.first { $0.name == name }?.mark(selection.context).map { "\($0) is there" }
  }

  private static func absence(of name: String) -> String {
    if name == "login" { return "issuer and client_id are not set" }
    let keys = SourceSelection.settings.filter { $0.name == name }.map(\.key.rawValue)
    if !keys.isEmpty { return "\(keys.joined(separator: " or ")) is not set" }
    let marks = Platform.all.first { $0.name == name }?.markNames ?? []
    return marks.isEmpty ? "only by name" : "no \(marks.joined(separator: ", no "))"
  }

  private static func check(_ name: String, _ selection: SourceSelection) throws(Failure) {
    let source = try selection.source(named: name, because: "")
    let presented = try IdentityReader(selection.surroundings, selection.profile, source).present()
    if case .found(_, let problem?) = presented { throw problem }
  }
}
