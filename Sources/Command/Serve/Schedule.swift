import Model

/// What is due when: a binary heap, so that ten thousand profiles cost no more than a few comparisons each.
struct Schedule<Item> {
  private var heap: [(due: BootTime, item: Item)] = []

  var next: BootTime? { heap.first?.due }
  var isEmpty: Bool { heap.isEmpty }

  mutating func add(_ item: Item, at due: BootTime) {
    heap.append((due, item))
    var index = heap.count - 1
    while index > 0, case let parent = (index - 1) / 2, heap[index].due < heap[parent].due {
      heap.swapAt(index, parent)
      index = parent
    }
  }

  /// The first that is due by `now`; nil where nothing is.
  mutating func take(by now: BootTime) -> Item? {
    guard let first = heap.first, first.due <= now else { return nil }
    let last = heap.removeLast()
    if heap.isEmpty { return first.item }
    heap[0] = last
    var index = 0
    while case let child = smallerChild(of: index), child < heap.count, heap[child].due < heap[index].due {
      heap.swapAt(index, child)
      index = child
    }
    return first.item
  }

  private func smallerChild(of index: Int) -> Int {
    let left = 2 * index + 1
    return left + 1 < heap.count && heap[left + 1].due < heap[left].due ? left + 1 : left
  }
}
