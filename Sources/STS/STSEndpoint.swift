public import Formats
public import Model

/// Which server is asked, and the region that signed requests to it name.
public struct STSEndpoint: Sendable, Hashable {
  public let url: WebURL
  public let region: String
  /// One of AWS's own hosts, whose replies must say which role they are for.
  public let isAWS: Bool

  /// AWS's regional endpoint, or the override.
  ///
  /// - Parameters:
  ///   - role: the role to be assumed; nil where only GetCallerIdentity is asked.
  ///   - region: nil for the home region of the role's partition.
  ///   - override: `sts_endpoint`: https, or http to a loopback.
  public static func choose(
    role: RoleARN?, region: String?, override: String?
  ) throws(STSEndpointError) -> STSEndpoint {
    if let override { return try overridden(override, role: role, region: region) }
    if let role, !role.isAWS { throw .foreignRole(role.text) }
    let home = role?.partition
    guard let region else { return try regional((home ?? .commercial).homeRegion, of: home ?? .commercial) }
    // The name that older settings have for the one endpoint that serves all regions.
    if region == "aws-global", home ?? .commercial == .commercial {
      return STSEndpoint(url: try parse("https://sts.amazonaws.com/"), region: "us-east-1", isAWS: true)
    }
    guard RegionShape(region) != nil else { throw .malformedRegion(region) }
    // A region that no pattern knows is a new one, and belongs where the role does.
    let partition = Partition(region: region) ?? home ?? .commercial
    if let home, home != partition { throw .otherPartition(region: region, partition, role: home) }
    return try regional(region, of: partition)
  }

  private static func regional(_ region: String, of partition: Partition) throws(STSEndpointError) -> STSEndpoint {
    STSEndpoint(url: try parse("https://sts.\(region).\(partition.dnsSuffix)/"), region: region, isAWS: true)
  }

  private static func overridden(
    _ text: String, role: RoleARN?, region: String?
  ) throws(STSEndpointError) -> STSEndpoint {
    let url = try parse(text)
    guard url.isSecureOrLoopback else { throw .insecure(text) }
    let isAWS = Partition.isAWS(host: url.host)
    if isAWS {
      // Which role, and in which partition, is settled as without an override.
      let usual = try choose(role: role, region: region, override: nil)
      return STSEndpoint(url: url, region: usual.region, isAWS: true)
    }
    let region = region ?? role?.partition?.homeRegion ?? Partition.commercial.homeRegion
    // Goes into the signature's scope, whose parts have separators.
    guard (1...63).contains(region.utf8.count), region.utf8.allSatisfy(isRegionByte) else {
      throw .malformedRegion(region)
    }
    return STSEndpoint(url: url, region: region, isAWS: false)
  }

  private static func isRegionByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  private static func parse(_ text: String) throws(STSEndpointError) -> WebURL {
    do throws(WebURLError) {
      return try WebURL.parse(text)
    } catch {
      throw .malformedURL(text, error)
    }
  }
}

public enum STSEndpointError: Explained, Hashable {
  case malformedURL(String, WebURLError)
  case insecure(String)
  case malformedRegion(String)
  case otherPartition(region: String, Partition, role: Partition)
  /// The role is none that AWS could have, and no other server is named.
  case foreignRole(ByteText)

  public var kind: FailureKind { .configuration }

  public var message: String {
    switch self {
    case .malformedURL(let text, let error): "sts_endpoint \(text.printable()): \(error.message)"
    case .insecure(let text): "sts_endpoint \(text.printable()) is http, which is only accepted for this machine itself"
    case .malformedRegion(let region): "region \(region.printable()) is not a region"
    case .otherPartition(let region, let partition, let role):
      "region \(region.printable()) is in partition \(partition.name), but role_arn is in \(role.name)"
    case .foreignRole(let arn): "role_arn \(arn.printable()) is none that AWS could have"
    }
  }

  public var hint: String? {
    switch self {
    case .malformedURL(_, let error): error.hint
    case .insecure: "use https"
    case .malformedRegion: "write it as eu-central-1"
    case .otherPartition(_, _, let role):
      "use a region of \(role.name), such as \(role.homeRegion), or leave region out"
    case .foreignRole:
      "for a server other than AWS's set sts_endpoint; AWS's roles are arn:aws:iam::123456789012:role/NAME"
    }
  }
}
