/// One of the closed worlds that AWS consists of: its own accounts, regions and host names.
/// <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>
public enum Partition: String, Hashable, Sendable, CaseIterable {
  case commercial = "aws"
  case china = "aws-cn"
  case govCloud = "aws-us-gov"
  case europeanSovereign = "aws-eusc"
  case iso = "aws-iso"
  case isoB = "aws-iso-b"
  case isoE = "aws-iso-e"
  case isoF = "aws-iso-f"

  /// The name as ARNs have it.
  public var name: String { rawValue }

  /// What service hosts end in: `sts.REGION.SUFFIX`.
  public var dnsSuffix: String {
    switch self {
    case .commercial, .govCloud: "amazonaws.com"
    case .china: "amazonaws.com.cn"
    case .europeanSovereign: "amazonaws.eu"
    case .iso: "c2s.ic.gov"
    case .isoB: "sc2s.sgov.gov"
    case .isoE: "cloud.adc-e.uk"
    case .isoF: "csp.hci.ic.gov"
    }
  }

  /// What the hosts that are also reached over IPv6 end in.
  public var dualStackSuffix: String {
    switch self {
    case .commercial, .govCloud: "api.aws"
    case .china: "api.amazonwebservices.com.cn"
    case .europeanSovereign: "api.amazonwebservices.eu"
    case .iso: "api.aws.ic.gov"
    case .isoB: "api.aws.scloud"
    case .isoE: "api.cloud-aws.adc-e.uk"
    case .isoF: "api.aws.hci.ic.gov"
    }
  }

  /// Asked where no region is configured.
  public var homeRegion: String {
    switch self {
    case .commercial: "us-east-1"
    case .china: "cn-northwest-1"
    case .govCloud: "us-gov-west-1"
    case .europeanSovereign: "eusc-de-east-1"
    case .iso: "us-iso-east-1"
    case .isoB: "us-isob-east-1"
    case .isoE: "eu-isoe-west-1"
    case .isoF: "us-isof-south-1"
    }
  }

  /// What its regions begin with; a word and a number follow, as in `eu-central-1`.
  private var regionPrefixes: [String] {
    switch self {
    case .commercial: ["us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"]
    case .china: ["cn"]
    case .govCloud: ["us-gov"]
    case .europeanSovereign: ["eusc-de"]
    case .iso: ["us-iso"]
    case .isoB: ["us-isob"]
    case .isoE: ["eu-isoe"]
    case .isoF: ["us-isof"]
    }
  }

  /// The partition whose pattern the region has; nil for regions newer than this program, and for what is none.
  public init?(region: String) {
    guard let shape = RegionShape(region) else { return nil }
    guard let partition = Partition.allCases.first(where: { $0.regionPrefixes.contains(shape.prefix) }) else {
      return nil
    }
    self = partition
  }

  /// Whether AWS runs the host, in whichever partition.
  static func isAWS(host: String) -> Bool {
    allCases.contains { host.hasSuffix("." + $0.dnsSuffix) || host.hasSuffix("." + $0.dualStackSuffix) }
  }
}

/// `PREFIX-WORD-NUMBER`, in lower case.
struct RegionShape {
  let prefix: String

  init?(_ region: String) {
    let parts = region.split(separator: "-", omittingEmptySubsequences: false)
    guard region.utf8.count <= 63, parts.count >= 3, let number = parts.last,
      parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(RegionShape.isLowerOrDigit) }),
      number.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    prefix = parts.dropLast(2).joined(separator: "-")
  }

  private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
