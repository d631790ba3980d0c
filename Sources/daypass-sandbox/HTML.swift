import Formats

/// The frame around every page: markup, style, escaping.
enum HTML {
  enum Mark { case none, yes, no }

  static func escape(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  static func alert(_ text: String) -> String { "<p class=\"alert\" role=\"alert\">\(escape(text))</p>" }

  static func document(title: String, mark: Mark = .none, _ body: String) -> String {
    let sign =
      switch mark {
      case .none: ""
      case .yes: "<div class=\"mark good\" aria-hidden=\"true\">&#10003;</div>"
      case .no: "<div class=\"mark bad\" aria-hidden=\"true\">&#10005;</div>"
      }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="robots" content="noindex">
      <title>\(title) – daypass sandbox</title>
      <style>\(style)</style>
      </head>
      <body>
      <header><span class="pass" aria-hidden="true"></span>daypass sandbox</header>
      <main>
      \(sign)
      <h1>\(title)</h1>
      \(body)
      </main>
      <footer>A provider for demonstrations. No real account is behind it.</footer>
      </body>
      </html>

      """
  }

  /// Names the one style sheet to the browser's content security policy.
  static let styleSource = "'sha256-" + Base64.encode(Digests.sha256(Array(style.utf8))) + "'"

  private static let style = """
    :root{color-scheme:light dark;--back:#eef1f5;--card:#fff;--text:#16202c;--soft:#56626f;--line:#d5dbe3;\
    --tint:#f4f7fb;--main:#1b5fd0;--onmain:#fff;--good:#12703f;--bad:#a8281f;--warn:#fdf3dc;--onwarn:#5e4300}
    @media (prefers-color-scheme:dark){:root{--back:#0d1218;--card:#171e27;--text:#e7edf4;--soft:#9dabba;\
    --line:#303b48;--tint:#1e2732;--main:#7db0ff;--onmain:#08203f;--good:#6fd39c;--bad:#ff9a8f;--warn:#352b12;\
    --onwarn:#f4dc9b}}
    *{box-sizing:border-box}
    body{margin:0 auto;max-width:28rem;min-height:100vh;padding:1rem;background:var(--back);color:var(--text);\
    font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
    header,footer{color:var(--soft);font-size:.85rem}
    header{display:flex;align-items:center;gap:.5rem;padding:.25rem .25rem .9rem;font-weight:600}
    footer{padding:1rem .25rem;text-align:center}
    .pass{width:1.5rem;height:1rem;border-radius:.25rem;\
    background:radial-gradient(circle at 72% 50%,var(--back) .17rem,var(--main) .2rem)}
    main{padding:1.4rem 1.25rem;border:1px solid var(--line);border-radius:1rem;background:var(--card);\
    box-shadow:0 1px 3px #0002}
    h1{margin:0 0 .35rem;font-size:1.5rem;line-height:1.2}
    p{margin:.5rem 0}
    .lead{margin-bottom:1.1rem;overflow-wrap:anywhere}
    .label{display:block;margin:1.1rem 0 .4rem;padding:0;color:var(--soft);font-size:.85rem;font-weight:600}
    code{font-family:ui-monospace,"SF Mono",Menlo,"DejaVu Sans Mono",monospace}
    .code{width:100%;margin:0;padding:.75rem .5rem;border:1px solid var(--line);border-radius:.7rem;\
    background:var(--tint);color:inherit;font-size:1.7rem;font-weight:700;letter-spacing:.08em;text-align:center;\
    overflow-wrap:anywhere}
    input.code{font-family:ui-monospace,Menlo,"DejaVu Sans Mono",monospace;text-transform:uppercase}
    ::placeholder{color:var(--soft);font-weight:400;opacity:.5}
    .scopes{margin:0;padding:0;list-style:none}
    .scopes li{display:flex;justify-content:space-between;gap:1rem;padding:.4rem 0;border-top:1px solid var(--line)}
    .scopes li:first-child{border:0}
    .scopes code{color:var(--soft);font-size:.8rem;white-space:nowrap}
    fieldset{margin:1.1rem 0 0;padding:0;border:0}
    legend.label{margin:0}
    .user{display:flex;align-items:center;gap:.75rem;min-height:3.5rem;margin:.5rem 0;padding:.5rem .8rem;\
    border:1px solid var(--line);border-radius:.7rem;cursor:pointer}
    .user:has(:checked){border-color:var(--main);box-shadow:0 0 0 1px var(--main);background:var(--tint)}
    .user input{width:1.15rem;height:1.15rem;margin:0;accent-color:var(--main)}
    .face{display:grid;place-items:center;width:2.2rem;height:2.2rem;border-radius:50%;background:var(--line);\
    font-weight:700}
    .name,.mail{display:block;line-height:1.3}.name{font-weight:600}.mail{color:var(--soft);font-size:.85rem}
    .care,.alert{padding:.6rem .8rem;border-radius:.7rem;background:var(--warn);color:var(--onwarn);font-size:.9rem}
    .care{margin:1.1rem 0}
    .alert{border:1px solid}
    .buttons{display:grid;gap:.6rem;margin-top:1rem}
    button{min-height:3rem;padding:.5rem 1rem;border:1px solid var(--line);border-radius:.7rem;background:none;\
    color:var(--text);font:inherit;font-weight:600;cursor:pointer}
    .yes{border-color:var(--main);background:var(--main);color:var(--onmain)}
    .no{color:var(--bad)}
    :focus-visible{outline:3px solid var(--main);outline-offset:2px}
    .mark{display:grid;place-items:center;width:3.2rem;height:3.2rem;margin-bottom:.9rem;border:2px solid;\
    border-radius:50%;font-size:1.6rem}
    .good{color:var(--good)}.bad{color:var(--bad)}
    """
}
