import Broker
import Model
import STS

extension Profile {
  /// Whether a setting was told for this call. What a profile of the config file says is about its own identity, a
  /// person's login say, and not about a job that is named on the command line.
  func isTold(_ key: ProfileKey) -> Bool {
    switch origin(of: key) {
    case .flag, .variable: true
    case .file, .standard: false
    }
  }

  /// The one that the role is in, else the region's.
  var trustPartition: Partition {
    if let arn = roleARN.flatMap({ try? RoleARN.parse($0) }), let own = arn.partition { return own }
    return region.flatMap(Partition.init(region:)) ?? .commercial
  }

  /// What jobs ask for where nothing is said.
  var standardAudience: ByteText { trustPartition == .china ? "sts.amazonaws.com.cn" : "sts.amazonaws.com" }
}
