import Formats
import Model

extension Platform {
  /// A POST (GET is refused) with an empty body. The audience cannot be chosen.
  /// <https://learn.microsoft.com/en-us/rest/api/azure/devops/distributedtask/oidctoken/create>
  static let azureDevOps = Platform(
    "azure-devops", marks: [.flag("SYSTEM_OIDCREQUESTURI"), .flag("TF_BUILD")]
  ) { (context, audience) throws(SourceError) in
    let name = "azure-devops"
    let mend = "map it into the step's env: `SYSTEM_ACCESSTOKEN: $(System.AccessToken)`"
    let address = try context.required(
      "SYSTEM_OIDCREQUESTURI", of: name, mend: "run it in a job of Azure Pipelines, where it is set")
    let credential = Secret(try context.required("SYSTEM_ACCESSTOKEN", of: name, mend: mend))
    let url = try url(address, from: "SYSTEM_OIDCREQUESTURI").appending(query: [("api-version", "7.1")])
    let request = TokenRequest(
      HTTPRequest(
        .post, url.text,
        headers: [
          .authorization("Bearer ", credential), HTTPHeader("Content-Type", "application/json"),
          // A refusal shall be a status, not a page to sign in on.
          HTTPHeader("X-TFS-FedAuthRedirect", "Suppress"),
        ], body: Secret("")),
      mend: mend
    ) { (body) throws(SourceError) in .token(try TokenText.token(body, at: "/oidcToken", from: name)) }
    return TokenPlan(.service(request), audience: audience, isRenewable: true, proof: .credential(credential))
  }
}
