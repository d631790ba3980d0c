import Formats
import Model

/// What was asked, when, and how it was answered. Times are CLOCK_MONOTONIC seconds.
struct Counters: Sendable {
  struct Entry: Sendable {
    var kind: String
    var at: Duration
    var status: Int?
    var outcome: String?
    var fault: String?
    /// Of a poll: since the one before, or since the code was handed out.
    var gap: Duration?
    var isEarly = false
    var isSigned = false
    /// A token, code or key in the URL, where proxies and logs see it.
    var secretsInURL = false
  }

  private(set) var entries: [Entry] = []
  private(set) var counts: [String: Int64] = [:]
  private(set) var earlyPolls: Int64 = 0
  /// Entries dropped from the front of the list; the counts go on.
  private var dropped = 0
  private static let capacity = 20_000

  /// Returns where to complete the entry.
  mutating func begin(_ entry: Entry) -> Int {
    if entries.count >= Self.capacity {
      entries.removeFirst(Self.capacity / 2)
      dropped += Self.capacity / 2
    }
    counts[entry.kind, default: 0] += 1
    if entry.isEarly { earlyPolls += 1 }
    entries.append(entry)
    return dropped + entries.count - 1
  }

  mutating func complete(_ position: Int, with reply: Reply, fault: String?) {
    let index = position - dropped
    guard entries.indices.contains(index) else { return }
    entries[index].fault = fault
    switch reply.delivery {
    case .reset, .hang, .close: entries[index].status = nil
    case .whole, .truncated, .trickled: entries[index].status = reply.status
    }
    entries[index].outcome = reply.outcome
  }

  mutating func reset() { self = Counters() }

  func json() -> [(String, JSON)] {
    let sorted = counts.sorted { $0.key < $1.key }.map { ($0.key, JSON($0.value)) }
    return [
      ("counts", .object(JSONObject(sorted))), ("early_polls", JSON(earlyPolls)),
      ("requests", .array(entries.map(\.json))),
    ]
  }
}

extension Counters.Entry {
  var json: JSON {
    var members: [(String, JSON)] = [("kind", JSON(kind)), ("at", at.json)]
    members.append(("status", status.map { JSON(Int64($0)) } ?? .null))
    if let outcome { members.append(("outcome", JSON(outcome))) }
    if let fault { members.append(("fault", JSON(fault))) }
    if let gap { members.append(("gap", gap.json)) }
    if isEarly { members.append(("early", true)) }
    if isSigned { members.append(("signed", true)) }
    if secretsInURL { members.append(("secrets_in_url", true)) }
    return .object(JSONObject(members))
  }
}

extension Duration {
  var json: JSON { JSONNumber(inSeconds).map { .number($0) } ?? .null }
}
