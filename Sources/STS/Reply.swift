import Formats
import Model

/// What all replies of the Query protocol have in common. Other servers than AWS's leave out namespaces and
/// ResponseMetadata, and indent.
enum Reply {
  /// The result element of a reply that is a success, and the request's id.
  static func result(
    of action: String, in response: HTTPResponse, now: WallTime
  ) throws(STSError) -> (element: XMLElement, requestID: String?) {
    guard response.status == 200 else { throw STSError(response, now: now) }
    let root = try document(response)
    // Some say what went wrong under a status that says that nothing did.
    if root.name == "ErrorResponse" || root.name == "Error" { throw STSError(response, now: now) }
    guard root.name == action + "Response" else {
      throw .unexpectedReply("the reply is a \(root.name.printable(limit: 60))")
    }
    do throws(XMLError) {
      return (try root.only(action + "Result"), requestID(in: root))
    } catch {
      throw .unexpectedReply(error.message)
    }
  }

  /// There exactly once, and not empty.
  static func required(_ name: String, in element: XMLElement) throws(STSError) -> ByteText {
    let text: ByteText
    do throws(XMLError) {
      text = trimmed(try element.only(name).text)
    } catch {
      throw .unexpectedReply(error.message)
    }
    guard !text.isEmpty else { throw .unexpectedReply("\(name) is empty") }
    return text
  }

  /// There at most once; nil also if it is empty.
  static func optional(_ name: String, in element: XMLElement) throws(STSError) -> ByteText? {
    guard element.child(name) != nil else { return nil }
    do throws(XMLError) {
      let text = trimmed(try element.only(name).text)
      return text.isEmpty ? nil : text
    } catch {
      throw .unexpectedReply(error.message)
    }
  }

  static func requestID(in root: XMLElement) -> String? {
    let element = root.child("ResponseMetadata")?.child("RequestId") ?? root.child("RequestId")
    guard let text = element.map({ trimmed($0.text) }), !text.isEmpty else { return nil }
    return text.printable(limit: 100)
  }

  static func trimmed(_ text: String) -> ByteText {
    func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
    var bytes = ByteText(text).utf8.drop(while: isBlank)
    while let last = bytes.last, isBlank(last) { bytes.removeLast() }
    return ByteText(validating: bytes) ?? ""
  }

  private static func document(_ response: HTTPResponse) throws(STSError) -> XMLElement {
    do throws(XMLError) {
      return try XMLElement.parse(response.body)
    } catch {
      throw .unexpectedReply(error.message)
    }
  }
}
