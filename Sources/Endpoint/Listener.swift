internal import Model

/// One address that is served, and what is answered there.
public struct Listener: Sendable {
  public enum Socket: Sendable {
    case address(EndpointAddress)
    /// Bound by whoever started us; ours from now on.
    case inherited(Int32)
  }

  public enum Purpose: Sendable {
    /// Credentials, each profile's for its token; `probes` on the same address.
    case credentials(ProfileTable, probes: Probes?)
    case probes(Probes)
    case metadata(Metadata)
  }

  public var socket: Socket
  public var purpose: Purpose
  /// Names beside the standard ones that a Host header may hold.
  public var allowedHosts: AllowedHosts

  public init(_ socket: Socket, _ purpose: Purpose, allowedHosts: AllowedHosts = AllowedHosts()) {
    self.socket = socket
    self.purpose = purpose
    self.allowedHosts = allowedHosts
  }

  /// The metadata service's answers must not leave the machine, whatever forwards its packets.
  var hopLimit: Int? { if case .metadata = purpose { 1 } else { nil } }

  func responder(
    policy: RequestPolicy, ends: ConnectionEnds?, address: String, failures: FailedAuthentications, clocks: any Clocks
  ) -> any Responder {
    switch purpose {
    case .credentials(let table, let probes):
      Router(
        policy: policy, access: .profiles(table), probes: probes, failures: (failures, address, clocks))
    case .probes(let probes): ProbeRouter(policy: policy, probes: probes)
    case .metadata(let metadata): MetadataRouter(policy: policy, metadata: metadata, ends: ends)
    }
  }
}
