public import Model
import Formats

/// A place that gives its jobs or machines an identity: a CI system, a cluster, a cloud's metadata service.
public struct Platform: Sendable {
  /// As `source` spells it.
  public let name: String
  let marks: [Mark]
  /// Whether it hands its token over in a place, which a setting may name instead.
  public let readsPlace: Bool
  private let makePlan: @Sendable (SourceContext, ByteText?) throws(SourceError) -> TokenPlan

  /// - Parameter plan: gets the audience that is configured, nil where none is.
  init(
    _ name: String, marks: [Mark], readsPlace: Bool = false,
    plan: @escaping @Sendable (SourceContext, ByteText?) throws(SourceError) -> TokenPlan
  ) {
    self.name = name
    self.marks = marks
    self.readsPlace = readsPlace
    makePlan = plan
  }

  /// What shows that this is the place: a variable's name, a path. Nil if nothing does.
  public func mark(_ context: SourceContext) -> String? { marks.first { $0.isSeen(context) }?.name }

  /// Everything that could show it.
  public var markNames: [String] { marks.map(\.name) }

  /// How its token is to be had. Fails where the place is not this one, or gives the job no token.
  public func plan(_ context: SourceContext, audience: ByteText?) throws(SourceError) -> TokenPlan {
    try makePlan(context, audience)
  }

  /// What AWS expects, asked for where nothing else is configured.
  /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html>
  static let standardAudience = ByteText("sts.amazonaws.com")

  /// Somebody to be asked. https, or http to this machine alone.
  static func url(_ text: String, from place: String) throws(SourceError) -> WebURL {
    guard let url = try? WebURL.parse(text), url.isSecureOrLoopback else { throw .unusableURL(place: place) }
    return url
  }
}

extension SourceContext {
  /// A variable that a platform sets for jobs that may have a token.
  func required(_ name: String, of platform: String, mend: String) throws(SourceError) -> String {
    guard let value = value(name) else { throw .incomplete(platform: platform, lacks: name, mend: mend) }
    return value
  }
}
