import Formats
import Model

/// AWS Signature Version 4 from the server's side: header form, over the whole body.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
extension State {
  func verifySigV4(_ request: Request) throws(STSError) -> IssuedCredentials {
    guard let header = request.header("authorization") else {
      throw STSError("MissingAuthenticationToken", 403, "Request is missing Authentication Token")
    }
    let signature = try SigV4Header(header)
    guard let caller = issued[signature.accessKeyID],
      let token = request.header("x-amz-security-token"),
      Digests.areEqual(Array(token.utf8), Array(caller.sessionToken.utf8))
    else { throw STSError("InvalidClientTokenId", 403, "The security token included in the request is invalid.") }
    guard wall < caller.expires else {
      throw STSError("ExpiredToken", 403, "The security token included in the request is expired")
    }
    guard let date = request.header("x-amz-date"), date.hasPrefix(signature.date + "T") else {
      throw STSError("SignatureDoesNotMatch", 403, "Date in Credential scope does not match x-amz-date")
    }
    // The form sorts as time does, so fifteen minutes either way need no parser.
    guard date >= CivilTime(wall + -900).amzDate else {
      throw STSError("SignatureDoesNotMatch", 403, "Signature expired: \(date.printable()) is now earlier than allowed")
    }
    guard date <= CivilTime(wall + 900).amzDate else {
      throw STSError("SignatureDoesNotMatch", 403, "Signature not yet current: \(date.printable())")
    }
    for name in ["host", "x-amz-date", "x-amz-security-token"] where !signature.signedHeaders.contains(name) {
      throw STSError("SignatureDoesNotMatch", 403, "'\(name)' must be a signed header")
    }
    let payload = Digests.hex(Digests.sha256(request.body))
    if let named = request.header("x-amz-content-sha256"), !named.utf8.elementsEqual(payload.utf8) {
      throw STSError("SignatureDoesNotMatch", 403, "x-amz-content-sha256 is not the digest of the body")
    }
    let canonical = Self.canonicalRequest(request, signature, payload: payload)
    let expected = signature.sign(canonical, date: date, secret: caller.secretAccessKey)
    guard Digests.areEqual(Array(expected.utf8), Array(signature.value.utf8)) else {
      throw STSError(
        "SignatureDoesNotMatch", 403,
        "The request signature we calculated does not match the signature you provided.")
    }
    return caller
  }

  private static func canonicalRequest(_ request: Request, _ signature: SigV4Header, payload: String) -> String {
    // A part that is encoded already is encoded once more, slashes left alone: every service but S3.
    let path = request.path.split(separator: "/", omittingEmptySubsequences: false)
      .map { FormEncoding.percentEncode($0.utf8) }.joined(separator: "/")
    let query = request.query.split(separator: "&").map { $0.contains("=") ? String($0) : $0 + "=" }.sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
    var lines = [request.method, path, query.joined(separator: "&")]
    for name in signature.signedHeaders {
      let values = request.headers.filter { $0.name.utf8.elementsEqual(name.utf8) }.map { squeezed($0.value) }
      lines.append("\(name):\(values.joined(separator: ","))")
    }
    lines += ["", signature.signedHeaders.joined(separator: ";"), payload]
    return lines.joined(separator: "\n")
  }

  /// Blanks at both ends go, runs of blanks become one.
  private static func squeezed(_ value: String) -> String {
    value.split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ")
  }
}

/// `AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, SignedHeaders=a;b, Signature=HEX`
struct SigV4Header {
  let accessKeyID: String
  let date: String
  let region: String
  let signedHeaders: [String]
  let value: String

  init(_ header: String) throws(STSError) {
    let incomplete = STSError("IncompleteSignature", 400, "Authorization header is not a complete AWS4-HMAC-SHA256 one")
    guard let blank = header.firstIndex(of: " "), header[..<blank] == "AWS4-HMAC-SHA256" else { throw incomplete }
    var fields: [String: String] = [:]
    for part in header[blank...].split(separator: ",") {
      let sides = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
      guard sides.count == 2 else { throw incomplete }
      fields[String(sides[0])] = String(sides[1])
    }
    guard let credential = fields["Credential"], let names = fields["SignedHeaders"], let value = fields["Signature"]
    else { throw incomplete }
    let scope = credential.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard scope.count == 5, scope[4] == "aws4_request" else { throw incomplete }
    guard scope[3] == "sts" else {
      throw STSError("SignatureDoesNotMatch", 403, "Credential should be scoped to correct service: 'sts'.")
    }
    (accessKeyID, date, region) = (scope[0], scope[1], scope[2])
    signedHeaders = names.split(separator: ";").map(String.init)
    self.value = value
  }

  func sign(_ canonicalRequest: String, date time: String, secret: String) -> String {
    let digest = Digests.hex(Digests.sha256(Array(canonicalRequest.utf8)))
    let scope = "\(date)/\(region)/sts/aws4_request"
    let text = "AWS4-HMAC-SHA256\n\(time)\n\(scope)\n\(digest)"
    var key = Array("AWS4\(secret)".utf8)
    for part in [date, region, "sts", "aws4_request"] { key = Digests.hmacSHA256(key: key, Array(part.utf8)) }
    return Digests.hex(Digests.hmacSHA256(key: key, Array(text.utf8)))
  }
}
