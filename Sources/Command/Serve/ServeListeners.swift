import Broker
import Endpoint
import Formats
import Host
import Model

/// Where the service listens, and what it says when it does.
struct ServeListeners {
  private let listeners: [Listener]
  private let roles: [Role]
  private let requests = RequestCount()
  private let clocks: SystemClocks

  private enum Role: String { case main = "url", metadata = "imds_url", admin = "admin_url" }

  init(
    _ wiring: ServeWiring, _ manager: ServiceManager, _ table: ProfileTable, _ hosts: AllowedHosts,
    _ clocks: SystemClocks
  ) throws(Failure) {
    let settings = wiring.settings
    let probes = Probes(table: table, requests: requests, version: Version.text)
    var plan: [(role: Role, socket: Listener.Socket, purpose: Listener.Purpose)] = [
      (
        .main, manager.socket(for: .main) ?? .address(settings.listen),
        .credentials(table, probes: settings.admin == nil ? probes : nil)
      )
    ]
    if let address = settings.admin { plan.append((.admin, .address(address), .probes(probes))) }
    listeners = plan.map { Listener($0.socket, $0.purpose, allowedHosts: hosts) }
    roles = plan.map(\.role)
    self.clocks = clocks
  }

  func start() throws(Failure) -> CredentialServer {
    do throws(EndpointFailure) {
      return try CredentialServer.start(listeners, clocks: clocks, requests: requests)
    } catch {
      throw Failure(error)
    }
  }

  /// One line of JSON.
  func announcement(_ server: CredentialServer, _ roster: Roster) -> String {
    var members: [(String, JSON)] = [("event", "listening")]
    for (role, address) in zip(roles, server.addresses) { members.append((role.rawValue, JSON(address.url))) }
    let profiles = roster.profiles.values.sorted { $0.name < $1.name }.map { profile in
      (profile.name, JSON.object(JSONObject([("token_file", JSON(profile.tokenFile.path))])))
    }
    members.append(("profiles", .object(JSONObject(profiles))))
    return String(decoding: JSON.object(JSONObject(members)).serialized(), as: UTF8.self) + "\n"
  }
}

extension ServiceManager {
  fileprivate enum Use { case main }

  /// A socket that was bound for us. The first one, where none has our name.
  fileprivate func socket(for use: Use) -> Listener.Socket? {
    sockets.first.map { .inherited($0.descriptor) }
  }
}
