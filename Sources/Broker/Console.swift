public import Model
import STS

extension CredentialBroker {
  /// A URL that signs in to the AWS console as the profile's role: a secret, good for 15 minutes.
  ///
  /// - Parameter destination: a page of the console, or its path; nil for the console's home.
  public func consoleURL(to destination: String?, until deadline: BootTime) throws(Failure) -> Secret {
    let source = try IdentitySource.select(profile, surroundings)
    let role = try Role.handedOut(profile, source: source)
    // Another server's credentials are none that AWS knows, and none of its business.
    guard let partition = role.arn.partition, try role.endpoint(profile).isAWS else {
      throw Failure(
        .configuration, "the credentials come from sts_endpoint (\(profile.origin(of: .stsEndpoint))), not from AWS",
        hint: "AWS's console only takes credentials of AWS's own STS")
    }
    let signIn: ConsoleSignIn
    do throws(ConsoleSignInError) {
      signIn = try ConsoleSignIn(partition: partition, region: profile.region, destination: destination)
    } catch {
      throw Failure(error)
    }
    let lease = try lease(.atLeast(0), until: deadline)
    let request = signIn.tokenRequest(with: lease.credentials, duration: consoleDuration(lease))
    return try answered(request, signIn, until: deadline)
  }

  /// As long as the credentials were granted for, which the role's limit allows, however old they are. AWS refuses a
  /// length for chained roles.
  private func consoleDuration(_ lease: Lease) -> Int64? {
    guard profile.chain.isEmpty else { return nil }
    switch profile.duration {
    case .seconds(let seconds): return Int64(seconds)
    case .maximum: return min(max(lease.grantedHours, 900), 43_200)
    }
  }

  private func answered(
    _ request: HTTPRequest, _ signIn: ConsoleSignIn, until deadline: BootTime
  ) throws(Failure) -> Secret {
    var attempt = 1
    while true {
      let problem: Failure
      let isTransient: Bool
      do throws(TransportFailure) {
        let response = try surroundings.transport.send(surroundings.fitted(request, until: deadline))
        do throws(ConsoleSignInError) {
          return try signIn.url(response)
        } catch {
          (problem, isTransient) = (Failure(error), error.isTransient)
        }
      } catch {
        (problem, isTransient) = (Failure(error), error.isTransient)
      }
      guard isTransient else { throw problem }
      let isDue: Bool
      do throws(Interrupted) {
        isDue = try surroundings.rested(after: attempt, because: problem.message, retryAfter: nil, until: deadline)
      } catch {
        throw Failure(error)
      }
      guard isDue else { throw problem }
      attempt += 1
    }
  }
}
