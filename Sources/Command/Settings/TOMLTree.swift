import Model

/// A table while the document is being read: shared by reference, because a later header or dotted key may add to it.
final class TOMLNode {
  /// What brought the table into being, which decides what may still be added to it.
  enum Origin {
    /// Named on the way to another: `a` in `[a.b]`. A header of its own may follow.
    case implied
    case header
    /// By a dotted key. Further dotted keys of the same section may add to it.
    case dotted
    /// Written `{ … }`, and complete.
    case inline
  }

  enum Content {
    case value(TOMLValue)
    case table(TOMLNode)
    /// `[[…]]`
    case tables(TOMLNodes)
  }

  private(set) var entries: [(key: ByteText, line: Int, content: Content)] = []
  private var places: [ByteText: Int] = [:]
  var origin: Origin

  init(_ origin: Origin) { self.origin = origin }

  subscript(_ key: ByteText) -> Content? { places[key].map { entries[$0].content } }

  func line(of key: ByteText) -> Int? { places[key].map { entries[$0].line } }

  /// Adds the key, or replaces its content and keeps its line.
  func set(_ key: ByteText, line: Int, _ content: Content) {
    if let place = places[key] {
      entries[place].content = content
    } else {
      places[key] = entries.count
      entries.append((key, line, content))
    }
  }

  var table: TOMLTable {
    TOMLTable(
      entries: entries.map { entry in
        let value: TOMLValue =
          switch entry.content {
          case .value(let value): value
          case .table(let node): .table(node.table)
          case .tables(let nodes): .array(nodes.all.map { .table($0.table) })
          }
        return TOMLTable.Entry(key: entry.key, line: entry.line, value: value)
      })
  }
}

/// The tables of one `[[name]]`; at least one.
final class TOMLNodes {
  private(set) var all: [TOMLNode]
  private(set) var last: TOMLNode

  init(_ first: TOMLNode) {
    all = [first]
    last = first
  }

  func append(_ node: TOMLNode) {
    all.append(node)
    last = node
  }
}
