import Formats
import Model

/// The fields of a request's body.
struct Form {
  private let fields: [FormField]

  init(_ request: HTTPRequest) { fields = FormEncoding.decode(request.body?.exposedBytes() ?? []) ?? [] }

  subscript(name: String) -> String? { fields.first { $0.name == name }?.value.exposedText() }

  var all: [String: String] {
    Dictionary(fields.map { ($0.name, $0.value.exposedText()) }, uniquingKeysWith: { first, _ in first })
  }
}
