import Broker
import Endpoint
import Host
import Model

/// How `serve` was set up: for each key the flag, else the DAYPASS_ variable, else `[serve]`, else the default.
struct ServeSettings {
  var listen = EndpointAddress(host: "127.0.0.1", port: 9127)
  var tokenDirectory: String?
  var tokenMode: UInt32 = 0o600
  /// A name or a number.
  var tokenGroup: String?
  var metadata: EndpointAddress?
  var metadataProfile: String?
  var metadataUsers: [UInt32] = []
  var admin: EndpointAddress?
  var allowedHosts: [String] = []
  var detach = false
  var export: ExportForm?
  private(set) var choice = Choice.standard

  /// How later steps of a job learn where credentials are.
  enum ExportForm: String, CaseIterable { case github, dotenv }

  /// Which profiles.
  enum Choice: Equatable {
    case standard
    case named([String])
    case all
  }

  /// Whether it listens elsewhere, which no reload can change without letting a request fall.
  func needsRestart(after earlier: ServeSettings) -> Bool {
    listen != earlier.listen || metadata != earlier.metadata || admin != earlier.admin
      || metadataProfile != earlier.metadataProfile || metadataUsers != earlier.metadataUsers
  }

  private struct Source {
    let flags: [ServeKey: [String]]
    let environment: [String: String]
    let table: TOMLTable
    let path: String

    func given(_ key: ServeKey) -> Given? {
      if let values = flags[key] { return Given(content: .flags(values), origin: .flag(key.flag)) }
      if let value = environment[key.variable], !value.isEmpty {
        return Given(content: .variable(value), origin: .variable(key.variable))
      }
      guard let entry = table[key.rawValue] else { return nil }
      return Given(content: .file(entry.value), origin: .file(path: path, line: entry.line))
    }

    func read<Value>(_ key: ServeKey, _ shape: Shape<Value>) throws(SettingError) -> Value? {
      guard let given = given(key) else { return nil }
      return try shape.read(given, as: key.rawValue)
    }
  }

  init(_ flags: [ServeKey: [String]], environment: [String: String], _ settings: Settings) throws(SettingError) {
    let source = Source(
      flags: flags, environment: environment, table: settings.serve, path: settings.configPath ?? "")
    if let value = try source.read(.listen, .listenAddress()) { listen = value }
    tokenDirectory = try source.read(.tokenDir, .directory)
    if let value = try source.read(.tokenMode, .tokenMode) { tokenMode = value }
    tokenGroup = try source.read(.tokenGroup, .name)
    metadata = try source.read(.imds, .listenAddress(besideLoopback: ListenAddress.metadataHosts))
    metadataProfile = try source.read(.imdsProfile, .name)
    metadataUsers = try source.read(.imdsAllowUID, .userIDs) ?? []
    admin = try source.read(.admin, .listenAddress())
    allowedHosts = try source.read(.allowHost, .hostNames) ?? []
    detach = try source.read(.detach, .boolean) ?? false
    export = try source.read(.export, .choice)
    if detach, source.given(.listen) == nil { listen = EndpointAddress(host: "127.0.0.1", port: 0) }
    if let given = source.given(detach ? .detach : .export), detach != (export != nil) {
      let (key, other): (ServeKey, ServeKey) = detach ? (.detach, .export) : (.export, .detach)
      throw .badValue(
        setting: key.rawValue, origin: given.origin, given: nil, expected: "given together with \(other.rawValue)")
    }
    choice = try Self.choice(source)
  }

  /// What stands nearer to the caller counts, whichever of the two keys it is.
  private static func choice(_ source: Source) throws(SettingError) -> Choice {
    let names = source.given(.profile)
    let all = source.given(.allProfiles)
    let isAll = try source.read(.allProfiles, .boolean) ?? false
    if isAll, let all, names.map({ all.origin.distance <= $0.origin.distance }) ?? true {
      if let names, names.origin.distance == all.origin.distance {
        throw .badValue(
          setting: ServeKey.allProfiles.rawValue, origin: all.origin, given: nil,
          expected: "left out where profile is given")
      }
      return .all
    }
    guard let found = try source.read(.profile, .profileNames) else { return .standard }
    var unique: [String] = []
    for name in found where !unique.contains(name) { unique.append(name) }
    return .named(unique)
  }
}

extension SettingOrigin {
  fileprivate var distance: Int {
    switch self {
    case .flag: 0
    case .variable: 1
    case .file: 2
    case .standard: 3
    }
  }
}

extension Shape where Value == EndpointAddress {
  static func listenAddress(besideLoopback hosts: [String] = ListenAddress.containerHosts) -> Shape {
    .text("ADDRESS:PORT on a loopback address or " + hosts.joined(separator: ", ")) {
      ListenAddress.parse($0, besideLoopback: hosts)
    }
  }
}

extension Shape where Value == String {
  fileprivate static var directory: Shape { .text("an absolute path", isShown: false) { $0.hasPrefix("/") ? $0 : nil } }
}

extension Shape where Value == UInt32 {
  fileprivate static var tokenMode: Shape {
    .text("0600, 0640 or another mode, in octal, that keeps it from everybody else") { text in
      guard (3...4).contains(text.utf8.count), let mode = UInt32(text, radix: 8), mode & 0o600 == 0o600,
        mode & ~0o660 == 0
      else { return nil }
      return mode
    }
  }
}

extension Shape where Value == [UInt32] {
  fileprivate static var userIDs: Shape {
    let nobody = Account.overflowUserID
    let all = allUserIDs
    return Shape(expected: "user ids, as numbers, but \(nobody), which every user has whom a namespace does not know") {
      content in
      all.value(content).flatMap { $0.contains(nobody) ? nil : $0 }
    }
  }

  private static var allUserIDs: Shape {
    let texts = Shape<[String]>.list("", upTo: 100) { UInt32($0) != nil }
    return Shape(expected: "user ids, as numbers") { content in
      if case .file(.integer(let value)) = content { return UInt32(exactly: value).map { [$0] } }
      if case .file(.array(let values)) = content {
        var numbers: [UInt32] = []
        for value in values {
          guard case .integer(let number) = value, let id = UInt32(exactly: number) else { return nil }
          numbers.append(id)
        }
        return numbers
      }
      return texts.value(content).map { $0.compactMap { UInt32($0) } }
    }
  }
}

extension Shape where Value == [String] {
  fileprivate static var profileNames: Shape {
    let list = Shape<[String]>.list("", upTo: 100_000, ProfileName.isValid)
    return Shape(expected: "names of profiles") { content in
      if case .file(.string(let name)) = content { return ProfileName.isValid(name) ? [name] : nil }
      return list.value(content).flatMap { $0.isEmpty ? nil : $0 }
    }
  }

  fileprivate static var hostNames: Shape {
    .list("host names, without a port", upTo: 100) { name in
      !name.isEmpty && name.utf8.count <= 255
        && name.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "-._[]:".utf8.contains($0) }
    }
  }
}
