import Formats
import Model

extension State {
  mutating func answer(_ request: Request) -> Reply {
    let control = "/_control/"
    if request.path.utf8.starts(with: control.utf8) {
      return answerControl(request, order: String(request.path.dropFirst(control.count)))
    }
    guard let endpoint = place.endpoint(for: request.path, method: request.method) else {
      let position = counters.begin(Counters.Entry(kind: "other", at: Moments.monotonic()))
      counters.complete(position, with: .notFound(), fault: nil)
      return .notFound()
    }
    let parameters = Parameters(request.method == "POST" ? request.body[...] : Array(request.query.utf8)[...])
    let entry = entry(for: endpoint, request, parameters)
    let position = counters.begin(entry)
    let fault = faults.take(entry.kind, now: entry.at)
    var reply: Reply
    if let fault, !fault.isServed {
      reply = fault.damage(nil, wall: wall)
    } else {
      reply = serve(endpoint, request, parameters, entry)
      if let fault { reply = fault.damage(reply, wall: wall) }
    }
    counters.complete(position, with: reply, fault: fault?.mode.rawValue)
    reply.delay = latency(entry.kind, endpoint)
    reply.headers.append(("date", CivilTime(wall).httpDate))
    return reply
  }

  private mutating func entry(for endpoint: Endpoint, _ request: Request, _ parameters: Parameters) -> Counters.Entry {
    var entry = Counters.Entry(kind: endpoint.rawValue, at: Moments.monotonic())
    entry.isSigned = request.header("authorization")?.hasPrefix("AWS4-") ?? false
    let query = Parameters(request.query.utf8)
    let secrets = [
      "device_code", "refresh_token", "code_verifier", "client_secret", "WebIdentityToken", "SAMLAssertion", "token",
    ]
    entry.secretsInURL = secrets.contains { query[$0] != nil }
    switch endpoint {
    case .token, .movedToken:
      let type = parameters["grant_type"]?.string ?? "none"
      entry.kind += "." + (type.split(separator: ":").last.map(String.init) ?? type)
      if let code = parameters["device_code"] { notePoll(code, in: &entry) }
    case .sts: entry.kind += "." + (parameters["Action"]?.string ?? "none")
    default: break
    }
    return entry
  }

  /// A poll counts when it arrives, whatever becomes of its answer.
  private mutating func notePoll(_ code: ByteText, in entry: inout Counters.Entry) {
    guard let index = devices.firstIndex(where: { $0.deviceCode == code }) else { return }
    let gap = entry.at - (devices[index].lastPoll ?? devices[index].issued)
    devices[index].lastPoll = entry.at
    devices[index].gaps.append(gap)
    entry.gap = gap
    entry.isEarly = gap < .seconds(devices[index].interval)
    if entry.isEarly { devices[index].earlyPolls += 1 }
  }

  private mutating func serve(
    _ endpoint: Endpoint, _ request: Request, _ parameters: Parameters, _ entry: Counters.Entry
  ) -> Reply {
    if parameters.isMalformed || parameters.repeated != nil {
      return .error(400, "invalid_request", "the parameters are malformed, or one of them comes twice")
    }
    let allowed =
      switch endpoint {
      case .discovery, .authorizationServer, .movedDiscovery, .jwks: ["GET"]
      case .deviceAuthorization, .token, .movedToken, .revoke: ["POST"]
      case .device, .authorize, .sts: ["GET", "POST"]
      }
    guard allowed.contains(request.method) else { return .notAllowed(allowed.joined(separator: ", ")) }
    return switch endpoint {
    case .discovery: discovery()
    case .authorizationServer: .json(200, .object(JSONObject(metadata)))
    case .movedDiscovery: .json(200, discoveryDocument)
    case .jwks: keySet()
    case .deviceAuthorization: authorizeDevice(request, parameters)
    case .token: redirectedToken ?? token(request, parameters, isEarly: entry.isEarly)
    case .movedToken: token(request, parameters, isEarly: entry.isEarly)
    case .revoke: revoke(request, parameters)
    case .device: request.method == "GET" ? showDevicePage(request, parameters) : decideDevice(request, parameters)
    case .authorize:
      request.method == "GET" ? startAuthorization(request, parameters) : decideAuthorization(request, parameters)
    case .sts: sts(request, parameters)
    }
  }

  private func latency(_ kind: String, _ endpoint: Endpoint) -> Duration {
    guard let value = behaviours[.latency] else { return .zero }
    let found = value.integer ?? value.object?[kind]?.integer ?? value.object?[endpoint.rawValue]?.integer ?? 0
    return .milliseconds(min(max(found, 0), 600_000))
  }
}
