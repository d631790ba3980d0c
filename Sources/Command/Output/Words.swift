import Formats
import Model
import OIDC

/// Moments as a person reads them.
enum Moment {
  /// `2026-11-22T15:04:05Z (in 58 min)`
  static func text(_ time: WallTime, now: WallTime) -> String {
    let left = time - now
    return "\(RFC3339.format(time)) (\(left > 0 ? "in \(span(left))" : "over for \(span(now - time))"))"
  }

  static func span(_ seconds: Int64) -> String {
    switch seconds {
    case ..<120: "\(max(0, seconds)) s"
    case ..<7200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3600) h"
    default: "\(seconds / 86_400) days"
    }
  }
}

enum Person {
  /// The name a person goes by, and the subject, which is what policies see.
  static func name(_ identity: VerifiedIdentity) -> String {
    let label = identity.email ?? identity.preferredUsername ?? identity.name
    let subject = identity.subject.printable(limit: 100)
    return label.map { "\($0.printable(limit: 100)) (subject \(subject))" } ?? subject
  }
}
