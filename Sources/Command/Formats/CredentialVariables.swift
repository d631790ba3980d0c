import Formats
import Model

/// The environment variables by which AWS tools take credentials, in the order in which the AWS CLI prints them.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html>
enum CredentialVariables {
  /// - Parameter region: where one is configured.
  static func all(_ credentials: AWSCredentials, region: String?) -> [(name: String, value: Secret)] {
    var variables = [
      ("AWS_ACCESS_KEY_ID", Secret(credentials.accessKeyID)),
      ("AWS_SECRET_ACCESS_KEY", credentials.secretAccessKey),
      ("AWS_SESSION_TOKEN", credentials.sessionToken),
      ("AWS_CREDENTIAL_EXPIRATION", Secret(expiration(credentials.expiration))),
    ]
    if let region {
      variables += [("AWS_REGION", Secret(region)), ("AWS_DEFAULT_REGION", Secret(region))]
    }
    return variables
  }

  /// `2026-11-22T14:00:00+00:00`: UTC with its offset in digits, as the AWS CLI has it.
  private static func expiration(_ time: WallTime) -> String { RFC3339.format(time).dropLast() + "+00:00" }
}
