import Formats
import Model

@testable import Command
@testable import Endpoint

func json(_ bytes: [UInt8]) {
  guard let value = try? JSON.parse(bytes) else { return }
  hold((try? JSON.parse(value.serialized())) == value, "what is written reads as what was read")
  if let object = value.object { _ = JSON.object(object).serialized() }
}

func jws(_ bytes: [UInt8]) {
  if let decoded = Base64URL.decode(bytes) {
    hold(Array(Base64URL.encode(decoded).utf8) == bytes, "base64url has one spelling")
  }
  if let decoded = Base64.decode(bytes) {
    hold(Base64.decode(Array(Base64.encode(decoded).utf8)) == decoded, "base64 reads what it writes")
  }
  guard let token = try? CompactJWS.parse(bytes) else { return }
  hold(bytes.starts(with: token.signingInput + [UInt8(ascii: ".")]), "what was signed begins the token")
}

func xml(_ bytes: [UInt8]) {
  guard let root = try? XMLElement.parse(bytes) else { return }
  hold(!root.name.isEmpty, "an element has a name")
}

func toml(_ bytes: [UInt8]) {
  do throws(TOMLError) {
    _ = try TOMLParser.parse(bytes)
  } catch {
    let lines = 1 + bytes.count { $0 == UInt8(ascii: "\n") }
    hold((1...lines).contains(error.line), "an error is on a line of the file")
    hold(error.column >= 1, "an error is at a column")
  }
  _ = try? ConfigFile(path: "/config.toml", bytes)
  let text = String(decoding: bytes, as: UTF8.self)
  _ = CommandLineText.words(text)
  _ = TimeSpan.seconds(text, days: true)
}

/// The AWS CLI's files: every byte that is not meant stays.
func ini(_ bytes: [UInt8]) {
  for kind in [AWSConfigText.Kind.config, .credentials] {
    var text = AWSConfigText(bytes, kind: kind)
    hold(text.bytes == bytes, "what is read is kept")
    guard text.headers(of: "work").count <= 1 else { continue }
    let isNew = text.headers(of: "work").isEmpty
    text.set([("region", "eu-central-1"), ("credential_process", "/usr/bin/daypass")], in: "work")
    let once = text.bytes
    let again = AWSConfigText(once, kind: kind)
    hold(again.entries(of: "work").contains { $0.key == "region" && $0.value == "eu-central-1" }, "what is set is read")
    text = again
    text.set([("region", "eu-central-1"), ("credential_process", "/usr/bin/daypass")], in: "work")
    hold(text.bytes == once, "setting it twice changes nothing")
    guard isNew else { continue }
    hold(once.starts(with: bytes), "a new section goes behind all that is there")
    text.remove(["region", "credential_process"], from: "work")
    hold(text.headers(of: "work").isEmpty, "what is removed is gone")
    hold(text.bytes.starts(with: bytes), "and all else is there")
  }
}

/// The same bytes at once and one by one.
func http(_ bytes: [UInt8]) {
  let whole = requests(in: [bytes])
  hold(requests(in: bytes.map { [$0] }) == whole, "how the bytes arrive makes no difference")
}

private func requests(in pieces: [[UInt8]]) -> [RequestReader.Step] {
  var reader = RequestReader()
  var steps: [RequestReader.Step] = []
  for piece in pieces {
    piece.withUnsafeBytes { reader.append($0) }
    while true {
      let step = reader.next()
      if step == .needsMore { break }
      steps.append(step)
      if case .refused = step { return steps }
    }
  }
  return steps
}

func url(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  hold(
    text.printable().unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }, "what is shown has no controls"
  )
  _ = IPAddress.v4(bytes)
  _ = IPAddress.v6(bytes)
  guard let url = try? WebURL.parse(text) else { return }
  let again = try? WebURL.parse(url.text)
  hold(again == url, "a URL reads as itself")
  hold(!url.host.isEmpty && url.text.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "a URL is printable ASCII")
  _ = url.appending(query: [("a", text)])
}

func time(_ bytes: [UInt8]) {
  if let time = RFC3339.parse(bytes), RFC3339.canExpress(time) {
    hold(RFC3339.parse(Array(RFC3339.format(time).utf8)) == time, "a time reads as itself")
  }
  let text = String(decoding: bytes, as: UTF8.self)
  _ = HTTPDate.parse(text)
  if let seconds = RetryAfter.parse(text, now: WallTime(seconds: 1_800_000_000)) {
    hold(seconds >= 0, "nobody is asked to wait a negative time")
  }
}

func form(_ bytes: [UInt8]) {
  guard let fields = FormEncoding.decode(bytes) else { return }
  hold(
    FormEncoding.decode(FormEncoding.encode(fields).exposedBytes()) == fields, "what is written reads as what was read")
}
