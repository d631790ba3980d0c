internal import Formats
internal import Model

/// Questions of those who watch the service: `/healthz`, `/readyz`, `/readyz/NAME`, `/metrics`. They need no token and
/// hold no secret.
public struct Probes: Sendable {
  let table: ProfileTable
  let requests: RequestCount
  /// For `daypass_build_info`.
  let version: String

  public init(table: ProfileTable, requests: RequestCount, version: String) {
    self.table = table
    self.requests = requests
    self.version = version
  }

  struct Probe {
    fileprivate let probes: Probes
    fileprivate let subject: Subject

    fileprivate enum Subject {
      case health, readiness, metrics
      case profile(RequestBytes)
    }
  }

  /// Nil where the path is no probe's.
  func probe(_ path: RequestBytes) -> Probe? {
    if path.equals("/healthz") { return Probe(probes: self, subject: .health) }
    if path.equals("/readyz") { return Probe(probes: self, subject: .readiness) }
    if path.equals("/metrics") { return Probe(probes: self, subject: .metrics) }
    let prefix: StaticString = "/readyz/"
    guard path.count > prefix.utf8CodeUnitCount, path.starts(with: prefix) else { return nil }
    return Probe(probes: self, subject: .profile(path.dropFirst(prefix.utf8CodeUnitCount)))
  }
}

/// An address for probes alone.
struct ProbeRouter: Responder {
  let policy: RequestPolicy
  let probes: Probes

  func response(to head: RequestHead, now: WallTime) -> Response {
    let probe = probes.probe(head.path)
    if let refusal = policy.refusal(of: head, isProbe: probe != nil) { return refusal }
    guard head.method.equals("GET") else { return .notAllowed("GET") }
    return probe?.response(now: now) ?? .notFound("there are only /healthz, /readyz and /metrics")
  }
}

extension Probes.Probe {
  func response(now: WallTime) -> Response {
    switch subject {
    case .health: return Response(.ok, ["status": "ok"])
    case .readiness:
      let entries = probes.table.entries
      let profiles = entries.map { ($0.name, JSON.object(JSONObject($0.board.readiness(now)))) }
      let isReady = entries.allSatisfy { $0.board.credentials(at: now) != nil }
      return Response(
        readiness: isReady, [("ready", .bool(isReady)), ("profiles", .object(JSONObject(profiles)))])
    case .profile(let name):
      guard let entry = probes.table.entry(named: name) else { return .notFound("there is no such profile here") }
      let isReady = entry.board.credentials(at: now) != nil
      return Response(readiness: isReady, entry.board.readiness(now))
    case .metrics: return Response(.ok, .metrics, Array(metrics(now).utf8))
    }
  }

  private func metrics(_ now: WallTime) -> String {
    var text = MetricsText()
    text.begin("daypass_requests_total", "counter", "Requests answered, by HTTP status.")
    for (code, count) in probes.requests.counts { text.add([("code", "\(code)")], count) }
    let entries = probes.table.entries
    text.begin("daypass_refreshes_total", "counter", "Refreshes that have ended, by profile and result.")
    for entry in entries {
      let tally = entry.board.tally
      text.add([("profile", entry.name), ("result", "success")], tally.succeeded)
      text.add([("profile", entry.name), ("result", "failure")], tally.failed)
    }
    text.begin(
      "daypass_credentials_expiry_seconds", "gauge", "Seconds until the profile's credentials expire; 0 without any.")
    for entry in entries {
      let left = entry.board.credentials(at: now).map { $0.expiration - now } ?? 0
      text.add([("profile", entry.name)], Int(clamping: left))
    }
    text.begin("daypass_login_required", "gauge", "1 where a person must log in.")
    for entry in entries { text.add([("profile", entry.name)], entry.board.tally.needsLogin ? 1 : 0) }
    text.begin("daypass_build_info", "gauge", "Always 1; the labels say what runs.")
    text.add([("version", probes.version)], 1)
    return text.text
  }
}

/// Prometheus' text format; values of labels here are names of profiles and numbers, which need no escapes.
private struct MetricsText {
  private(set) var text = ""
  private var name = ""

  mutating func begin(_ name: String, _ type: String, _ help: String) {
    self.name = name
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  mutating func add(_ labels: [(String, String)], _ value: Int) {
    text += "\(name){\(labels.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ","))} \(value)\n"
  }
}

extension CredentialBoard {
  /// Why there are none is said by its code alone: the message is for who has the token.
  fileprivate func readiness(_ now: WallTime) -> [(String, JSON)] {
    if let credentials = credentials(at: now) {
      return [("ready", true), ("expires_at", .string(ByteText(RFC3339.format(credentials.expiration))))]
    }
    let reason: Reason = if case .unavailable(let reason, _, _) = current { reason } else { .unavailable }
    return [("ready", false), ("code", .string(ByteText(reason.rawValue)))]
  }
}

extension Response {
  fileprivate init(readiness isReady: Bool, _ members: [(String, JSON)]) {
    self.init(
      isReady ? .ok : .unavailable, .object(JSONObject(members)), headers: isReady ? [] : [("Retry-After", "1")])
  }
}
