import Model
import STS

/// `[[profile.NAME.then]]`, resolved and checked before anything is sent: the further roles, each assumed with the
/// credentials of the one before.
struct Chain {
  struct Step {
    /// How messages name it.
    let name: String
    let role: ChainedRole
    let endpoint: STSEndpoint
  }

  let steps: [Step]
  /// For the cache's key.
  let links: [CredentialKey.Link]

  var isEmpty: Bool { steps.isEmpty }
  var last: RoleARN? { steps.last?.role.role }

  init(_ surroundings: Surroundings, _ profile: Profile, first: Role) throws(Failure) {
    var (steps, links): ([Step], [CredentialKey.Link]) = ([], [])
    var previous = first.arn
    for ((arn, name), settings) in zip(try Chain.roles(profile), profile.chain) {
      do throws(Failure) {
        let policy = try settings.sessionPolicyFile.map { (path) throws(Failure) in
          try surroundings.sessionPolicy(path, from: settings.origin)
        }
        let endpoint = try Role(arn).endpoint(profile)
        // Credentials of one partition are unknown in every other.
        if endpoint.isAWS, arn.partitionName != previous.partitionName {
          throw Failure(
            .configuration,
            "role_arn is in partition \(arn.partitionName.printable()), but the role before it in "
              + previous.partitionName.printable(),
            hint: "a chain of roles cannot leave its partition")
        }
        let role = try Chain.role(arn, settings, policy)
        steps.append(Step(name: name, role: role, endpoint: endpoint))
        links.append(CredentialKey.Link(step: settings, policy: policy?.text))
      } catch {
        throw error.prefixed(name)
      }
      previous = arn
    }
    self.steps = steps
    self.links = links
  }

  /// The roles in order, with how messages name each step.
  static func roles(_ profile: Profile) throws(Failure) -> [(arn: RoleARN, name: String)] {
    var roles: [(arn: RoleARN, name: String)] = []
    for (index, settings) in profile.chain.enumerated() {
      let place = settings.origin == .standard ? "" : " (\(settings.origin))"
      let name = "then no. \(index + 1)\(place)"
      do throws(RoleARNError) {
        roles.append((try RoleARN.parse(settings.roleARN), name))
      } catch {
        throw Failure(error).prefixed(name)
      }
    }
    return roles
  }

  private static func role(
    _ arn: RoleARN, _ settings: ChainStep, _ policy: SessionPolicy?
  ) throws(Failure) -> ChainedRole {
    var sessionName: SessionName?
    do throws(SessionNameError) {
      if let name = settings.sessionName { sessionName = try SessionName(name) }
    } catch {
      throw Failure(error)
    }
    do throws(RoleRequestError) {
      return try ChainedRole(
        role: arn, sessionName: sessionName,
        bounds: try SessionBounds(
          duration: settings.duration.map { Int64($0) } ?? ChainedRole.longest, policy: policy,
          policyARNs: settings.policyARNs),
        externalID: settings.externalID, tags: settings.tags.map { ChainedRole.Tag(key: $0.key, value: $0.value) },
        transitiveTagKeys: settings.transitiveTagKeys, sourceIdentity: settings.sourceIdentity)
    } catch {
      throw Failure(error)
    }
  }
}

extension Failure {
  /// The same of a step of a chain, or of whatever else has a name.
  func prefixed(_ name: String) -> Failure {
    var failure = self
    failure.message = "\(name): \(message)"
    return failure
  }
}
