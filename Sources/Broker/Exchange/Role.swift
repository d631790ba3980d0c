import Formats
import Model
import STS

/// The role that credentials are for.
struct Role {
  let arn: RoleARN

  /// AWS_ROLE_ARN counts for what was issued to a machine, never for a person's login.
  init(_ profile: Profile, source: IdentitySource) throws(Failure) {
    do throws(RoleARNError) {
      if let text = profile.roleARN {
        arn = try RoleARN.parse(text)
        return
      }
    } catch {
      throw Failure(error, in: .roleARN, of: profile)
    }
    guard !source.isLogin, let text = profile.ambientRoleARN else {
      throw Failure(
        .configuration, "role_arn is not set for profile \(profile.name.printable())",
        hint: "set it in the config file, with --role-arn or DAYPASS_ROLE_ARN")
    }
    do throws(RoleARNError) { arn = try RoleARN.parse(text) } catch { throw Failure(error, from: "AWS_ROLE_ARN") }
  }

  /// The role whose credentials are handed out: the last of `then`, where there is one.
  static func handedOut(_ profile: Profile, source: IdentitySource) throws(Failure) -> Role {
    let first = try Role(profile, source: source)
    return Role(try Chain.roles(profile).last?.arn ?? first.arn)
  }

  init(_ arn: RoleARN) { self.arn = arn }

  /// Whom to ask for it.
  func endpoint(_ profile: Profile) throws(Failure) -> STSEndpoint {
    do throws(STSEndpointError) {
      return try STSEndpoint.choose(role: arn, region: profile.region, override: profile.stsEndpoint?.text)
    } catch {
      let key: ProfileKey
      switch error {
      case .malformedURL, .insecure: key = .stsEndpoint
      case .malformedRegion, .otherPartition: key = .region
      case .foreignRole: key = .roleARN
      }
      throw Failure(error, in: key, of: profile)
    }
  }
}
