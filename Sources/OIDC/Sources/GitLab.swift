import Formats
import Model

extension Platform {
  /// `id_tokens` of the job put tokens into variables of the user's choice; by convention the name is the audience's, in
  /// capitals, followed by `_ID_TOKEN`.
  /// <https://docs.gitlab.com/ci/secrets/id_token_authentication/>
  static let gitLab = Platform("gitlab", marks: [.flag("GITLAB_CI")], readsPlace: true) {
    (context, audience) throws(SourceError) in
    let audience = audience ?? standardAudience
    let variable = gitLabVariable(for: audience)
    _ = try context.required(
      variable, of: "gitlab",
      mend: "give the job `id_tokens: { \(variable): { aud: \(audience.printable()) } }`, or name the variable of "
        + "another by token_env")
    return TokenPlan(.variable(variable), audience: audience, isRenewable: false, proof: .token)
  }

  /// `STS_AMAZONAWS_COM_ID_TOKEN` for `sts.amazonaws.com`. What cannot be in a variable's name becomes `_`.
  private static func gitLabVariable(for audience: ByteText) -> String {
    var name = ""
    for scalar in audience.string.uppercased().unicodeScalars {
      switch scalar {
      case "A"..."Z", "_": name.unicodeScalars.append(scalar)
      case "0"..."9" where !name.isEmpty: name.unicodeScalars.append(scalar)
      default: name += "_"
      }
    }
    return name + "_ID_TOKEN"
  }
}
