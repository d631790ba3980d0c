import Model
import OIDC

/// Which identity is used, and whether it is whole. A CI that is detected and gives no token is a fault, whatever else
/// would do.
struct IdentityCheck {
  let source: Result<IdentitySource, Failure>
  /// Whether nothing is configured, and nothing detected.
  let isNothingHere: Bool
  /// CI systems that are here, if it was by their marks that one was chosen.
  let rivals: [String]

  var verdict: Verdict {
    switch source {
    case .success(let source):
      guard rivals.count > 1, rivals.contains(source.name) else {
        return .ok("\(source.name), because \(source.reason)")
      }
      let names = rivals.joined(separator: " and ")
      return .warning("this is \(names) at once, and \(source.name) is used", hint: "say which with source")
    case .failure(let failure):
      guard isNothingHere else { return .fault(failure) }
      return .fault(
        "no identity is configured, and none is detected here",
        hint: "set issuer and client_id for a person's login; in a CI allow the job an ID token; see `daypass source`")
    }
  }
}

extension Evidence {
  var identityVerdict: Verdict {
    let selection = SourceSelection(surroundings, profile)
    let isByMark = profile.source == .auto
    return IdentityCheck(
      source: source, isNothingHere: selection.isEmpty, rivals: isByMark ? selection.marked.map(\.name) : []
    ).verdict
  }
}
