import Formats
import Model

/// The control API: what a test orders and reads. For programs on this machine alone, never for a web page.
extension State {
  mutating func answerControl(_ request: Request, order: String) -> Reply {
    let isFromPage = request.header("origin") != nil || request.header("sec-fetch-site") != nil
    guard request.isFromLoopback, !isFromPage else { return .error(403, "forbidden", "for programs on this machine") }
    if order == "state" || order == "secrets" {
      guard request.method == "GET" else { return .notAllowed("GET") }
      return .json(200, order == "state" ? stateDocument : secrets.json)
    }
    guard request.method == "POST" else { return .notAllowed("POST") }
    var body = JSONObject([])
    if !request.body.isEmpty {
      guard let object = (try? JSON.parse(request.body))?.object else {
        return .error(400, "invalid_request", "the body is not a JSON object")
      }
      body = object
    }
    do {
      return try carryOut(order, body)
    } catch {
      return .error(400, "invalid_request", error.message)
    }
  }

  private mutating func carryOut(_ order: String, _ body: JSONObject) throws(SandboxError) -> Reply {
    switch order {
    case "approve":
      let user = body["user"]?.text ?? cast.users.first?.name ?? ""
      guard cast.user(user) != nil else { return .error(404, "not_found", "no such user") }
      return decide(body) { $0.status = .approved(user) }
    case "deny": return decide(body) { $0.status = .denied }
    case "expire": return decide(body) { $0.expires = $0.issued }
    case "behaviour": return try setBehaviours(body)
    case "reset-behaviour":
      behaviours = Behaviours()
      faults.clear()
      return .json(200, [:])
    case "fault": return try orderFault(.object(body))
    case "clear-faults":
      faults.clear()
      return .json(200, [:])
    case "rotate-keys":
      let key = try SigningKey.make(keys.first?.algorithm ?? .rs256)
      keys = [key] + (body["keep_old"]?.bool == false ? [] : keys)
      return .json(200, ["kid": JSON(key.id)])
    case "reset-counters":
      counters.reset()
      return .json(200, [:])
    case "clock":
      clockOffset = min(max(body["offset"]?.integer ?? 0, -10_000_000_000), 10_000_000_000)
      return .json(200, ["wall": JSON(wall.seconds)])
    case "revoke-sessions":
      for index in sessions.indices { sessions[index].isRevoked = true }
      return .json(200, ["sessions": JSON(Int64(sessions.count))])
    case "keep-sessions":
      keptSessions = sessions
      return .json(200, ["sessions": JSON(Int64(sessions.count))])
    case "restore-sessions":
      sessions = keptSessions
      return .json(200, ["sessions": JSON(Int64(sessions.count))])
    case "mint": return mint(body)
    case "saml-response": return issueResponse(body)
    case "iam": return try createInIAM(body)
    default: return .notFound()
    }
  }

  /// Without a user code it is the newest device's.
  private mutating func decide(_ body: JSONObject, _ change: (inout DeviceGrant) -> Void) -> Reply {
    let wanted = body["user_code"]?.text
    let index = devices.lastIndex { grant in
      wanted.map { $0 == grant.userCode || DeviceGrant.normalized($0) == DeviceGrant.normalized(grant.userCode) }
        ?? true
    }
    guard let index else { return .error(404, "not_found", "no such user code") }
    if case .redeemed = devices[index].status { return .error(409, "conflict", "the code has been used") }
    change(&devices[index])
    return .json(200, devices[index].json)
  }

  private mutating func setBehaviours(_ body: JSONObject) throws(SandboxError) -> Reply {
    var refusal: Duration?
    for member in body.members {
      if member.key == "fault" {
        for order in member.value.array ?? [member.value] { refusal = try orderFault(order).refusal ?? refusal }
      } else {
        try set(member.key.string, to: member.value)
      }
    }
    var reply = Reply.json(200, behaviours.json)
    reply.refusal = refusal
    return reply
  }

  /// A refusal that names no endpoint begins as soon as this answer is out.
  private mutating func orderFault(_ order: JSON) throws(SandboxError) -> Reply {
    let fault = try Fault(order, now: Moments.monotonic())
    var reply = Reply.json(200, [:])
    if fault.mode == .refuse, order.object?["endpoint"] == nil {
      reply.refusal = .seconds(fault.seconds ?? 0)
    } else {
      faults.add(fault)
    }
    return reply
  }

  /// An ID token without a login: what a CI system hands to its jobs.
  private mutating func mint(_ body: JSONObject) -> Reply {
    let now = wall
    var claims: [(String, JSON)] = [
      ("iss", JSON(place.issuer)), ("sub", "repo:example/app:ref:refs/heads/main"), ("aud", "sts.amazonaws.com"),
      ("exp", JSON((now + behaviours.seconds(.idTokenLifetime, default: 3_600)).seconds)),
      ("iat", JSON(now.seconds)), ("nbf", JSON(now.seconds)), ("jti", JSON(Digests.randomText(20))),
    ]
    for member in body["claims"]?.object?.members ?? [] { claims.put(member.key.string, member.value) }
    let token = String(decoding: issue(claims), as: UTF8.self)
    secrets.add(token)
    return .json(200, ["id_token": JSON(token)])
  }

  private var stateDocument: JSON {
    let members: [(String, JSON)] =
      [
        ("now", Moments.monotonic().json), ("wall", JSON(wall.seconds)), ("issuer", JSON(place.issuer)),
        ("keys", .array(keys.map { JSON($0.id) })),
        ("pending", .array(devices.filter(\.isPending).map { .string($0.userCode) })),
        ("devices", .array(devices.map(\.json))), ("sessions", .array(sessions.map(\.json))),
        ("behaviour", behaviours.json), ("faults", JSON(Int64(faults.pending.count))),
      ] + counters.json()
    return .object(JSONObject(members))
  }
}

extension DeviceGrant {
  fileprivate var isPending: Bool {
    if case .pending = status { expires > Moments.monotonic() } else { false }
  }
}
