/// What to try where an error knows nothing better for its kind.
enum Advice {
  static let outage =
    "try again later; if it stays so, check the network and the proxy settings, and ask who runs the provider"
  static let settings =
    "check issuer and client_id; `--log-level trace` shows the requests, and the provider's log may say more"
  static let malformedDocument = "the provider, or a proxy before it, sends it so: have that mended there"
  static let again = "run `daypass login` again; if it stays so, look into the provider's log"
}
