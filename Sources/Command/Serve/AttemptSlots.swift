import Model

/// How many attempts may be under way at once, each on a thread of its own.
///
/// However many profiles there are, the threads are bounded; and however many of their providers hang, the others are
/// renewed in time: an attempt that takes long gives its place among the brisk ones away, and the unproven, whose last
/// attempt failed or who never had one, take half of everything at most.
struct AttemptSlots {
  /// Attempts that began a moment ago.
  static let brisk = 64
  /// All of them. A provider that hangs holds one for half a minute.
  static let most = 256
  /// Most attempts are over sooner.
  static let moment = Duration.seconds(3)

  typealias ID = Int
  private var running: [ID: (since: BootTime, isUnproven: Bool)] = [:]
  private var last = 0

  var count: Int { running.count }

  func hasRoom(isUnproven: Bool, at now: BootTime) -> Bool {
    let alike = isUnproven ? running.values.filter(\.isUnproven) : Array(running.values)
    let share = isUnproven ? 2 : 1
    guard alike.count < Self.most / share else { return false }
    return alike.count { now < $0.since + Self.moment } < Self.brisk / share
  }

  mutating func begin(isUnproven: Bool, at now: BootTime) -> ID {
    last &+= 1
    running[last] = (now, isUnproven)
    return last
  }

  mutating func end(_ id: ID) { running[id] = nil }
}

/// Who waits for a slot, in the order in which they came: the unproven among themselves, so that nobody has to look past
/// them.
struct WaitingLine<Item> {
  private var unproven = Queue()
  private var others = Queue()

  mutating func add(_ item: Item, isUnproven: Bool) {
    if isUnproven { unproven.add(item) } else { others.add(item) }
  }

  /// The next for whom there is room.
  mutating func next(in slots: AttemptSlots, at now: BootTime) -> (item: Item, isUnproven: Bool)? {
    if !unproven.isEmpty, slots.hasRoom(isUnproven: true, at: now), slots.hasRoom(isUnproven: false, at: now) {
      return unproven.next().map { ($0, true) }
    }
    guard !others.isEmpty, slots.hasRoom(isUnproven: false, at: now) else { return nil }
    return others.next().map { ($0, false) }
  }

  private struct Queue {
    private var items: [Item] = []
    private var first = 0

    var isEmpty: Bool { first == items.count }

    mutating func add(_ item: Item) { items.append(item) }

    mutating func next() -> Item? {
      guard !isEmpty else { return nil }
      defer {
        first += 1
        // Moved rarely enough that each item is moved about once.
        if first * 2 > items.count {
          items.removeFirst(first)
          first = 0
        }
      }
      return items[first]
    }
  }
}
