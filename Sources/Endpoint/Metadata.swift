public import Model
internal import Formats

/// The instance metadata service, version 2, as far as SDKs take credentials from it:
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html>. One profile,
/// under its own name as the role's.
public struct Metadata: Sendable {
  /// Who holds the other end of a connection: a user id, or nil where the system does not say.
  public typealias PeerOwner = @Sendable (_ connection: ConnectionEnds) -> UInt32?

  let profile: String
  let table: ProfileTable
  let tokens: MetadataTokens
  let owner: PeerOwner
  /// User ids that are answered.
  let allowed: [UInt32]

  /// - Parameters:
  ///   - profile: of `table`; where it is not there, nothing is.
  ///   - allowed: user ids whose programs are answered.
  public init(
    profile: String, table: ProfileTable, cryptography: any Cryptography, clocks: any Clocks, allowed: [UInt32],
    owner: @escaping PeerOwner
  ) throws(CryptographyFailure) {
    self.profile = profile
    self.table = table
    tokens = MetadataTokens(
      key: try cryptography.randomBytes(MetadataTokens.keySize), cryptography: cryptography, clocks: clocks)
    self.allowed = allowed
    self.owner = owner
  }
}

/// A TCP connection as the system knows it: addresses of 4 or 16 bytes.
public struct ConnectionEnds: Sendable, Hashable {
  public var local: [UInt8]
  public var localPort: UInt16
  public var remote: [UInt8]
  public var remotePort: UInt16
}

/// In order: 403, 405, 404, 400 (for a token), 401, 503, 200.
struct MetadataRouter: Responder {
  private static let rolesPath: StaticString = "/latest/meta-data/iam/security-credentials"
  private static let lifetimeHeader: StaticString = "x-aws-ec2-metadata-token-ttl-seconds"

  let policy: RequestPolicy
  let metadata: Metadata
  /// Nil where the system does not tell the ends apart.
  let ends: ConnectionEnds?

  func response(to head: RequestHead, now: WallTime) -> Response {
    if let refusal = policy.refusal(of: head) { return refusal }
    guard let ends, let owner = metadata.owner(ends), metadata.allowed.contains(owner) else {
      return .forbidden("only programs of this service's own user are answered")
    }
    if head.path.equals("/latest/api/token") {
      return head.method.equals("PUT") ? token(head) : .notAllowed("PUT")
    }
    guard head.method.equals("GET") else { return .notAllowed("GET") }
    let role = Array(metadata.profile.utf8)
    let board = metadata.table.entry(named: role[...])?.board
    // SDKs take 404 for an instance without a role, and go on searching; 503 they would wait for.
    guard let board, board.hasHeldCredentials else { return .notFound("there are no credentials yet") }
    guard head.path.starts(with: Self.rolesPath),
      case let rest = head.path.dropFirst(Self.rolesPath.utf8CodeUnitCount), rest.isEmpty || rest.first == Octet.slash,
      case let asked = rest.dropFirst(), asked.isEmpty || asked.elementsEqual(role)
    else { return .notFound("there are only credentials here") }
    guard isAuthorized(head) else {
      return Response(.unauthorized, code: "Unauthorized", message: "the metadata token is missing or has expired")
    }
    if asked.isEmpty { return Response(.ok, .text, role) }
    guard let credentials = board.credentials(at: now) else { return board.answer(at: now) }
    let members: [(String, JSON)] = [
      ("Code", "Success"), ("LastUpdated", .string(ByteText(RFC3339.format(now)))), ("Type", "AWS-HMAC"),
    ]
    return Response(.ok, .object(JSONObject(members + credentials.keyMembers)))
  }

  private func token(_ head: RequestHead) -> Response {
    guard let digits = head.onlyValue(Self.lifetimeHeader), (1...5).contains(digits.count),
      digits.allSatisfy(Octet.isDigit),
      case let seconds = digits.reduce(0, { $0 * 10 + Int64($1 - Octet.zero) }),
      MetadataTokens.lifetimes.contains(seconds)
    else {
      return Response(
        .badRequest, code: "BadRequest", message: "\(Self.lifetimeHeader) must be a number from 1 to 21600")
    }
    return Response(
      .ok, .text, Array(metadata.tokens.make(lifetime: seconds).utf8),
      headers: [(Self.lifetimeHeader.description, "\(seconds)")])
  }

  private func isAuthorized(_ head: RequestHead) -> Bool {
    head.onlyValue("x-aws-ec2-metadata-token").map(metadata.tokens.isValid) ?? false
  }
}
