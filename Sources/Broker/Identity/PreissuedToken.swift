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

  /// - Returns: the token with what it says; where it has expired also that, because it still is the proof by which its
  ///   owner finds what was bought with it.
  func read(_ source: IdentitySource) throws(Failure) -> (inspected: InspectedToken, problem: Failure?) {
    let token: UnverifiedToken
    do throws(SourceError) {
      token = try content(source)
    } catch {
      throw Failure(error)
    }
    do throws(InspectionError) {
      return (try inspect(token, now: surroundings.clocks.wall()), nil)
    } catch .expired(let end, let now) {
      let problem = named(InspectionError.expired(end, now: now), source)
      do throws(InspectionError) {
        return (try inspect(token, now: end + -1), problem)
      } catch {
        throw named(error, source)
      }
    } catch {
      throw named(error, source)
    }
  }

  private func named(_ error: InspectionError, _ source: IdentitySource) -> Failure {
    Failure(error.kind, "\(source.setting(profile).printable()): \(error.message)", hint: error.hint)
  }

  private func inspect(_ token: UnverifiedToken, now: WallTime) throws(InspectionError) -> InspectedToken {
    try OIDC.inspect(
      token, expectedAudiences: profile.audience.map { [$0] }, expectedIssuer: profile.issuer, now: now)
  }

  private func content(_ source: IdentitySource) throws(SourceError) -> UnverifiedToken {
    do throws(SourceError) {
      switch source {
      case .login: throw .missing(setting: source.name)
      case .environment(let variable, _):
        return try EnvironmentSource(variable: variable).token(
          value: surroundings.environment[variable].map { Array($0.utf8) })
      case .file(let path, _):
        return try FileSource(path: path).token { (path) throws(FileSource.ReadFailure) in
          do throws(InputFailure) {
            return try surroundings.readFile(path, 20_003).exposedBytes()
          } catch {
            switch error.cause {
            case .absent: throw .absent
            case .tooLarge: throw .tooLong
            case .other: throw .unreadable(reason: error.reason)
            }
          }
        }
      }
    } catch {
      throw error.naming(source.setting(profile))
    }
  }
}

extension IdentitySource {
  /// The setting that names the token, where it was set, and what it names.
  fileprivate func setting(_ profile: Profile) -> String {
    switch self {
    case .login: name
    case .file(let path, ProfileKey.tokenFile.rawValue): "token_file (\(profile.origin(of: .tokenFile))) \(path)"
    case .file(let path, let setting): "\(setting) \(path)"
    case .environment(let variable, _): "token_env (\(profile.origin(of: .tokenEnv))) \(variable)"
    }
  }
}

extension SourceError {
  fileprivate func naming(_ setting: String) -> SourceError {
    switch self {
    case .missing: .missing(setting: setting)
    case .unreadable(_, let reason): .unreadable(setting: setting, reason: reason)
    case .empty: .empty(setting: setting)
    case .tooLong: .tooLong(setting: setting)
    }
  }
}
