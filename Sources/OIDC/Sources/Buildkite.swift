import Formats
import Model

extension Platform {
  /// The agent's own interface where the job has its credential, else the agent as a program.
  /// <https://buildkite.com/docs/agent/v3/cli/reference/oidc>
  static let buildkite = Platform("buildkite", marks: [.flag("BUILDKITE")]) { (context, audience) throws(SourceError) in
    let name = "buildkite"
    let audience = audience ?? standardAudience
    guard let credential = context.value("BUILDKITE_AGENT_ACCESS_TOKEN").map({ Secret($0) }) else {
      return TokenPlan(
        .program(["buildkite-agent", "oidc", "request-token", "--audience", audience.string]), audience: audience,
        isRenewable: true, proof: .none)
    }
    let job = try context.required(
      "BUILDKITE_JOB_ID", of: name, mend: "pass it on, together with BUILDKITE_AGENT_ACCESS_TOKEN, into the container")
    let endpoint = context.value("BUILDKITE_AGENT_ENDPOINT") ?? "https://agent.buildkite.com/v3"
    var address = try url(endpoint, from: "BUILDKITE_AGENT_ENDPOINT").text
    if address.hasSuffix("/") { address.removeLast() }
    let body = JSON.object(JSONObject([("audience", .string(audience))])).serialized()
    let request = TokenRequest(
      HTTPRequest(
        .post, "\(address)/jobs/\(FormEncoding.percentEncode(job.utf8))/oidc/tokens",
        headers: [.authorization("Token ", credential), HTTPHeader("Content-Type", "application/json")],
        body: Secret(body)),
      mend: "check that the job still runs, and that the agent's access token is the job's own"
    ) { (body) throws(SourceError) in .token(try TokenText.token(body, at: "/token", from: name)) }
    return TokenPlan(.service(request), audience: audience, isRenewable: true, proof: .credential(credential))
  }
}
