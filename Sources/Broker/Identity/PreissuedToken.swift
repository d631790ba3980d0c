import Formats
import Model
import OIDC

/// A token that somebody else issued and put where a setting says. Read again for every exchange.
struct PreissuedToken {
  let surroundings: Surroundings
  let profile: Profile

  init(_ surroundings: Surroundings, _ profile: Profile) {
    self.surroundings = surroundings
    self.profile = profile
  }

  func inspected(_ source: IdentitySource) throws(Failure) -> InspectedToken {
    let token: UnverifiedToken
    do throws(SourceError) {
      token = try read(source)
    } catch {
      throw Failure(error)
    }
    do throws(InspectionError) {
      return try OIDC.inspect(
        token, expectedAudiences: profile.audience.map { [$0] }, expectedIssuer: profile.issuer,
        now: surroundings.clocks.wall())
    } catch {
      throw Failure(error)
    }
  }

  private func read(_ source: IdentitySource) throws(SourceError) -> UnverifiedToken {
    switch source {
    case .login: throw .missing(setting: "a login")
    case .environment(let variable, _):
      return try EnvironmentSource(variable: variable).token(
        value: surroundings.environment[variable].map { Array($0.utf8) })
    case .file(let path, _):
      return try FileSource(path: path).token { (path) throws(FileSource.ReadFailure) in
        do throws(InputFailure) {
          return try surroundings.readFile(path, 20_003).exposedBytes()
        } catch {
          throw .unreadable(reason: error.reason)
        }
      }
    }
  }
}
