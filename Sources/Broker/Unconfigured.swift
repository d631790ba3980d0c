public import Model

/// What there is in place of a section for a profile that nobody named: whoever finds nothing to go by says so first.
public struct Unconfigured: Sendable, Equatable {
  /// The config file that was read, or the first that is looked for.
  public var path: String
  /// Whether it is there.
  public var isThere: Bool
  /// The profiles that it has, sorted.
  public var others: [String]
  /// Which of many is spelt most like this one, if any is.
  public var nearest: String?

  public init(path: String, isThere: Bool, others: [String], nearest: String?) {
    self.path = path
    self.isThere = isThere
    self.others = others
    self.nearest = nearest
  }

  /// So many are told one by one.
  public static let few = 10
}

extension Profile {
  /// That others are configured and this one is not, and how to choose one; nil where that is not so, or where
  /// `issuer` or `client_id` was given in another way.
  public func lacksSection(_ problem: String) -> Failure? {
    guard let unconfigured, let first = unconfigured.others.first, issuer == nil, clientID == nil else { return nil }
    let count = unconfigured.others.count
    let others =
      count > Unconfigured.few
      ? "\(count) others are configured"
      : "configured \(count == 1 ? "is" : "are"): \(unconfigured.others.joined(separator: ", "))"
    let hint =
      if let nearest = unconfigured.nearest {
        "did you mean --profile \(nearest)?"
      } else if count == 1 {
        "use --profile \(first) or DAYPASS_PROFILE=\(first)"
      } else {
        "name one with --profile or DAYPASS_PROFILE, as in --profile \(first)"
      }
    return Failure(
      .configuration, "\(problem): \(unconfigured.path.printable()) has no profile \(name.printable()); \(others)",
      hint: hint)
  }
}
