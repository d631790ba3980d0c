import Broker
import Formats
import Model
import Trust

/// A token that is not here: what one would say that the flags of `trust check` describe, as far as they tell. A policy can
/// then be judged where it can be read, which is seldom where the job runs.
struct ExpectedToken {
  let place: PlaceOptions
  /// Of `--sub`.
  let subject: String?
  let profile: Profile

  /// Nil where nothing describes one.
  func token() throws(Failure) -> TokenInHand? {
    let coordinates = place.coordinates
    let ways = coordinates.count + (subject == nil ? 0 : 1)
    guard ways <= 1 else {
      throw Failure(.usage, "the subject is told in \(ways) ways", hint: "keep one of --sub, --github, …")
    }
    if let place = coordinates.first { return try token(of: place) }
    if let flag = place.narrowing {
      throw Failure(.usage, "\(flag) needs to know of which CI", hint: "as in --github owner/repository --branch main")
    }
    guard let subject else { return nil }
    guard let issuer = profile.issuer else {
      throw Failure(.usage, "no issuer is known", hint: "add --issuer, or name a CI's job, as with --github")
    }
    return try token(issuer, ByteText(subject), profile.audience ?? profile.clientID ?? profile.standardAudience)
  }

  /// What the profile says of issuer and audience is about its own identity, unless it was said for this call.
  private func token(of place: Coordinates) throws(Failure) -> TokenInHand {
    let identity: JobIdentity
    do throws(CoordinateError) { identity = try place.identity() } catch { throw Failure(error) }
    guard let issuer = (profile.isTold(.issuer) ? profile.issuer : nil) ?? identity.issuer else {
      throw Failure(.usage, "every installation of \(place.platform.rawValue) has its own issuer", hint: "add --issuer")
    }
    // What varies from job to job stands there as the pattern that matches it.
    let subject =
      switch identity.subject {
      case .exact(let text), .pattern(let text): text
      }
    let audience = (profile.isTold(.audience) ? profile.audience : nil) ?? identity.audience ?? profile.standardAudience
    return try token(issuer, subject, audience, identity.claims + githubClaims(place))
  }

  /// Those that policies ask for and that follow from the place.
  private func githubClaims(_ place: Coordinates) -> [(name: String, value: String)] {
    let parts = place.place.split(separator: "/").map(String.init)
    guard place.platform == .github, parts.count == 2 else { return [] }
    let names = parts.map { String($0.prefix { $0 != "@" }) }
    var claims = [(name: "repository", value: names.joined(separator: "/")), ("repository_owner", names[0])]
    for (key, part) in zip(["repository_owner_id", "repository_id"], parts) where part.contains("@") {
      claims.append((key, String(part.drop { $0 != "@" }.dropFirst())))
    }
    if let environment = place.environment { claims.append(("environment", environment)) }
    let reference = place.branch.map { "refs/heads/" + $0 } ?? place.tag.map { "refs/tags/" + $0 }
    if let reference, place.environment == nil { claims.append(("ref", reference)) }
    return claims
  }

  private func token(
    _ issuer: ByteText, _ subject: ByteText, _ audience: ByteText, _ claims: [(name: String, value: String)] = []
  ) throws(Failure) -> TokenInHand {
    let members: [(String, JSON)] = [("iss", .string(issuer)), ("sub", .string(subject)), ("aud", .string(audience))]
    do throws(TokenInHandError) {
      return try TokenInHand(JSONObject(members + claims.map { ($0.name, JSON($0.value)) }))
    } catch {
      throw Failure(error)
    }
  }
}
