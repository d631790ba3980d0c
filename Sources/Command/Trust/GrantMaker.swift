import Broker
import Formats
import Model
import STS
import Trust

/// Brings together what flags, settings and tokens say about whom a role shall trust.
struct GrantMaker {
  let options: TrustOptions
  let wiring: Wiring

  private var profile: Profile { wiring.profile }

  /// Issuer, audiences, subjects and further claims, whoever told them.
  private struct Subjects {
    var issuer: ByteText?
    var audiences: [ByteText] = []
    var subjects: [TrustGrant.Subject]
    var claims: [(name: String, value: String)] = []
    var token: TokenInHand?
  }

  func grant() throws(Failure) -> TrustGrant {
    let subjects = try self.subjects()
    let issuer: FederatedIssuer
    guard let url = subjects.issuer ?? profile.issuer else {
      throw Failure(
        .usage, "no issuer is known", hint: "set issuer, or use --from-token or a CI's coordinates such as --github")
    }
    do throws(FederatedIssuerError) { issuer = try FederatedIssuer(url) } catch { throw Failure(error) }
    let (role, maximumSession) = (try role(), try maximumSession())
    do throws(TrustGrantError) {
      return try TrustGrant(
        issuer: issuer, audiences: subjects.audiences.isEmpty ? audiences : subjects.audiences,
        subjects: subjects.subjects, claims: subjects.claims, carrying: subjects.token, role: role,
        partition: profile.trustPartition, account: profile.expectAccount, maximumSession: maximumSession,
        trustedAccount: options.role.trustedAccount)
    } catch {
      throw Failure(error)
    }
  }

  private func subjects() throws(Failure) -> Subjects {
    let coordinates = options.place.coordinates
    let ways = (options.who.fromToken ? 1 : 0) + (options.who.subjects.isEmpty ? 0 : 1) + coordinates.count
    guard ways <= 1 else {
      throw Failure(.usage, "the subject is told in \(ways) ways", hint: "keep one of --from-token, --sub, --github, …")
    }
    if options.who.fromToken { return try fromToken() }
    if let place = coordinates.first { return try fromCoordinates(place) }
    if let flag = options.place.narrowing {
      throw Failure(.usage, "\(flag) needs to know of which CI", hint: "as in --github owner/repository --branch main")
    }
    return Subjects(subjects: options.who.subjects.map(TrustGrant.Subject.init(written:)))
  }

  /// What it says now, without what changes from job to job.
  private func fromToken() throws(Failure) -> Subjects {
    let identity = try CredentialBroker(wiring.surroundings, profile: profile).identityInHand(
      until: wiring.quickDeadline())
    let token: TokenInHand
    do throws(TokenInHandError) { token = try TokenInHand(identity.allClaims) } catch { throw Failure(error) }
    let audiences = token.effectiveAudiences
    let wanted = [profile.audience, profile.clientID, audiences.count > 1 ? profile.standardAudience : nil].compactMap {
      $0
    }
    let chosen = wanted.first(where: audiences.contains).map { [$0] } ?? audiences
    guard chosen.count == 1 else {
      throw Failure(
        .usage, "the token is for several audiences: \(chosen.map { $0.printable() }.joined(separator: ", "))",
        hint: "say which of them is for AWS: --audience")
    }
    let lasting = token.lastingSubject
    return Subjects(
      issuer: token.issuer, audiences: chosen,
      subjects: [lasting == token.subject ? .exact(lasting) : .pattern(lasting)],
      claims: token.originalAudience.map { [("oaud", $0.string)] } ?? [], token: token)
  }

  /// A platform that this machine's owner runs has its own issuer, which `--issuer` names.
  private func fromCoordinates(_ place: Coordinates) throws(Failure) -> Subjects {
    let identity: JobIdentity
    do throws(CoordinateError) { identity = try place.identity() } catch { throw Failure(error) }
    let issuer = profile.isTold(.issuer) ? profile.issuer : nil
    let audience = profile.isTold(.audience) ? profile.audience : nil
    guard issuer != nil || identity.issuer != nil else {
      throw Failure(
        .usage, "every cluster has an issuer of its own, and it is not in the coordinates", hint: "add --issuer URL")
    }
    if place.platform == .github, issuer == nil, !place.place.contains("@") {
      wiring.log.log(
        .warning,
        "repositories made since July 2026 have their ids in sub: write owner@OWNER_ID/repository@REPOSITORY_ID")
    }
    if place.platform == .bitbucket, audience == nil {
      throw Failure(
        .usage, "Bitbucket's tokens are for its workspace, whose UUID is not in the coordinates",
        hint: "add --audience ari:cloud:bitbucket::workspace/WORKSPACE_UUID")
    }
    return Subjects(
      issuer: issuer ?? identity.issuer, audiences: [audience ?? identity.audience ?? profile.standardAudience],
      subjects: [identity.subject],
      claims: identity.claims)
  }

  /// What a person's token is for, or what CI jobs ask for.
  private var audiences: [ByteText] {
    if let audience = profile.audience ?? profile.clientID { return [audience] }
    return [profile.standardAudience]
  }

  private func role() throws(Failure) -> RoleARN? {
    guard let text = profile.roleARN ?? profile.ambientRoleARN else { return nil }
    do throws(RoleARNError) { return try RoleARN.parse(text) } catch { throw Failure(error) }
  }

  /// At least what the profile asks for, or its exchange would be refused.
  private func maximumSession() throws(Failure) -> Int {
    guard let text = options.role.maxSession else {
      switch profile.duration {
      case .seconds(let seconds): return max(3600, seconds)
      case .maximum: return 43_200
      }
    }
    guard let seconds = TimeSpan.seconds(text) else {
      throw Failure(
        .usage, "--max-session must be digits with s, m or h, as in 12h, not \"\(text.printable(limit: 40))\"")
    }
    return seconds
  }
}
