import Formats
import Model
import OIDC

/// Gets a token from where a source has it: anew each time.
struct TokenReader {
  let surroundings: Surroundings
  let profile: Profile
  let source: IdentitySource
  let plan: TokenPlan

  /// A token that lies somewhere.
  ///
  /// - Returns: the token with what it says; where it has expired also that, because it still is the proof by which its
  ///   owner finds what was bought with it.
  func read() throws(Failure) -> (inspected: InspectedToken, problem: Failure?) {
    let token: UnverifiedToken
    do throws(SourceError) { token = try content() } catch { throw Failure(error) }
    do throws(InspectionError) {
      return (try inspect(token, now: surroundings.clocks.wall()), nil)
    } catch .expired(let end, let now) {
      let problem = named(InspectionError.expired(end, now: now))
      do throws(InspectionError) {
        return (try inspect(token, now: end + -1), problem)
      } catch {
        throw named(error)
      }
    } catch {
      throw named(error)
    }
  }

  /// A token from whoever must be asked for it.
  func ask(until deadline: BootTime) throws(Failure) -> InspectedToken {
    let token: UnverifiedToken
    switch plan.place {
    case .program(let command): token = try printed(by: command, until: deadline)
    case .service(let request):
      token = try TokenService(surroundings, name: source.place).token(request, until: deadline)
    case .variable, .file:
      let (inspected, problem) = try read()
      if let problem { throw problem }
      return inspected
    }
    do throws(InspectionError) {
      return try inspect(token, now: surroundings.clocks.wall())
    } catch {
      throw named(error)
    }
  }

  private func named(_ error: InspectionError) -> Failure {
    Failure(error.kind, "\(source.place.printable(limit: 1000)): \(error.message)", hint: error.hint)
  }

  private func inspect(_ token: UnverifiedToken, now: WallTime) throws(InspectionError) -> InspectedToken {
    try OIDC.inspect(
      token, expectedAudiences: plan.audience.map { [$0] }, expectedIssuer: profile.issuer, now: now)
  }

  private func content() throws(SourceError) -> UnverifiedToken {
    switch plan.place {
    case .variable(let variable):
      guard let value = surroundings.environment[variable] else { throw .missing(place: source.place) }
      return try TokenText.token(value.utf8, from: source.place)
    case .file(let path):
      let bytes: [UInt8]
      do throws(InputFailure) {
        bytes = try surroundings.readFile(path, TokenText.readLimit).exposedBytes()
      } catch {
        switch error.cause {
        case .absent: throw .missing(place: source.place)
        case .tooLarge: throw .tooLong(place: source.place)
        case .other: throw .unreadable(place: source.place, reason: error.reason)
        }
      }
      return try TokenText.token(bytes, from: source.place)
    case .program, .service: throw .missing(place: source.place)
    }
  }

  private func printed(by command: [String], until deadline: BootTime) throws(Failure) -> UnverifiedToken {
    let text: Secret
    do throws(ProgramFailure) {
      text = try surroundings.programs.output(of: command, limit: TokenText.readLimit, until: deadline)
    } catch {
      throw Failure(error.kind, "\(source.place.printable(limit: 1000)): \(error.message)", hint: error.hint)
    }
    do throws(SourceError) {
      return try TokenText.token(text.exposedBytes(), from: "what \(source.place) printed")
    } catch {
      throw Failure(error)
    }
  }
}
