import Formats
import Model
import OIDC

/// A login with a browser on this machine: code + PKCE + state, answered on a literal 127.0.0.1 port.
struct BrowserLogin {
  let surroundings: Surroundings
  let presenter: any LoginPresenter
  let listener: any CallbackListener

  /// How long a person may take; what providers give their own sign-in pages.
  static let patience = Duration.seconds(600)

  func run(_ grant: AuthorizationCodeGrant, _ provider: Provider) throws(Failure) -> TokenSet {
    let deadline = surroundings.clocks.boot() + BrowserLogin.patience
    try presenter.present(.browser(url: grant.authorizationURL.text))
    let code = try code(grant, until: deadline)
    switch provider.send(grant.tokenRequest(code: code), until: surroundings.clocks.boot() + .seconds(30)) {
    case .failure(let failure): throw Failure(failure)
    case .success(let response):
      do throws(AuthorizationCodeError) {
        return try grant.tokens(from: response)
      } catch {
        throw Failure(error)
      }
    }
  }

  /// The code of the first request that answers this authorization; others (a favicon, a guess) get 404.
  private func code(_ grant: AuthorizationCodeGrant, until deadline: BootTime) throws(Failure) -> Secret {
    while true {
      let now = surroundings.clocks.boot()
      guard now < deadline else {
        throw Failure(.codeExpired, "no browser came back within 10 minutes", hint: "run `daypass login` again")
      }
      presenter.waiting(deadline - now)
      let request: (any CallbackRequest)?
      do throws(CallbackFailure) {
        request = try listener.next(until: min(deadline, now + .seconds(1)))
      } catch {
        throw Failure(error)
      }
      guard let request else { continue }
      do throws(AuthorizationCodeError) {
        let code = try grant.code(fromCallback: request.target)
        request.answer(status: 200, title: "Signed in", text: "You can close this page and go back to the terminal.")
        return code
      } catch .notACallback {
        request.answer(status: 404, title: "Not found", text: "This address only ends a daypass login.")
      } catch {
        request.answer(status: 400, title: "The login failed", text: "The terminal says why.")
        throw Failure(error)
      }
    }
  }
}
