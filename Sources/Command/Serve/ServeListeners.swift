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
    let admin = manager.socket(.admin) ?? settings.admin.map(Listener.Socket.address)
    let metadata = manager.socket(.metadata) ?? settings.metadata.map(Listener.Socket.address)
    var plan: [(role: Role, socket: Listener.Socket, purpose: Listener.Purpose)] = [
      (
        .main, manager.socket(.main) ?? .address(settings.listen),
        .credentials(table, probes: admin == nil ? probes : nil)
      )
    ]
    if let admin { plan.append((.admin, admin, .probes(probes))) }
    if let metadata { plan.append((.metadata, metadata, .metadata(try Self.metadata(wiring, table, clocks)))) }
    listeners = plan.map { Listener($0.socket, $0.purpose, allowedHosts: hosts) }
    roles = plan.map(\.role)
    self.clocks = clocks
  }

  func start() throws(Failure) -> CredentialServer {
    let server: CredentialServer
    do throws(EndpointFailure) {
      server = try CredentialServer.start(listeners, clocks: clocks, requests: requests)
    } catch {
      throw Failure(error)
    }
    // One that was bound for us may be anywhere.
    let hosts = ListenAddress.metadataHosts
    for address in server.addresses where ListenAddress.parse(address.description, besideLoopback: hosts) == nil {
      server.stop()
      throw Failure(
        .configuration, "the socket that was handed over is on \(address.description), where others could reach it",
        hint: "have it listen on 127.0.0.1")
    }
    return server
  }

  /// One line of JSON.
  func announcement(_ server: CredentialServer, _ roster: Roster) -> String {
    var members: [(String, JSON)] = [("event", "listening")]
    for (role, address) in zip(roles, server.addresses) {
      // AWS SDKs of some years ago put their path right behind AWS_EC2_METADATA_SERVICE_ENDPOINT.
      members.append((role.rawValue, JSON(address.url + (role == .metadata ? "/" : ""))))
    }
    let profiles = roster.profiles.values.sorted { $0.name < $1.name }.map { profile in
      (profile.name, JSON.object(JSONObject([("token_file", JSON(profile.tokenFile.path))])))
    }
    members.append(("profiles", .object(JSONObject(profiles))))
    return String(decoding: JSON.object(JSONObject(members)).serialized(), as: UTF8.self) + "\n"
  }
}

extension ServeListeners {
  private static func metadata(
    _ wiring: ServeWiring, _ table: ProfileTable, _ clocks: SystemClocks
  ) throws(Failure) -> Metadata {
    let names = wiring.profiles.map(\.name)
    guard let name = wiring.settings.metadataProfile ?? (names.count == 1 ? names.first : nil) else {
      throw Failure(
        .usage, "the metadata service has one profile, and several are served", hint: "name it with --imds-profile")
    }
    guard names.contains(name), let cryptography = wiring.cryptography else {
      throw Failure(
        .usage, "imds_profile: the profile \(name.printable()) is not served", hint: "add --profile \(name.printable())"
      )
    }
    do throws(CryptographyFailure) {
      return try Metadata(
        profile: name, table: table, cryptography: cryptography, clocks: clocks,
        allowed: [Account.userID] + wiring.settings.metadataUsers
      ) { ends in
        // The client's own socket: its end is our remote one.
        SocketOwner.userID(
          local: ends.remote, localPort: ends.remotePort, remote: ends.local, remotePort: ends.localPort)
      }
    } catch {
      throw Failure(error)
    }
  }
}

extension ServeListeners {
  /// The name of a socket unit's FileDescriptorName= that makes it ours; every other is the main one.
  fileprivate enum Use: String { case main, metadata = "imds", admin }
}

extension ServiceManager {
  /// A socket that was bound for us.
  fileprivate func socket(_ use: ServeListeners.Use) -> Listener.Socket? {
    let found = sockets.first { (ServeListeners.Use(rawValue: $0.name) ?? .main) == use }
    return found.map { .inherited($0.descriptor) }
  }
}
