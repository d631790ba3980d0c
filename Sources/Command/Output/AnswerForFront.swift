import Broker
import Formats
import Host
import Model

/// Leaves what was printed for the front to print next time (docs/decisions/0016), where nothing but files and what it
/// was asked made it so, and nothing was said beside it. Whatever is in the way, the answer was given: nobody is told.
struct AnswerForFront {
  private let wiring: Wiring
  private let broker: CredentialBroker

  init(_ wiring: Wiring, _ broker: CredentialBroker) {
    self.wiring = wiring
    self.broker = broker
  }

  /// Before any file is read. Where no front is, nothing is left for it.
  static func begin() {
    if OwnProgram.front != nil { SeenFiles.begin() }
  }

  /// - Parameter window: while it stays the answer; nil where it does not.
  func leave(_ output: Secret, for window: FrontEntry.Window?) {
    guard let window, !StandardError.isUsed, let files = SeenFiles.all, let question = question() else { return }
    broker.leave(output, asAnswerTo: question, madeOf: files, for: window) {
      let machine = Account.machineIDPaths.map { SeenFiles.current($0) }
      return machine.contains(nil) ? nil : machine.compactMap { $0 }
    } areAsSeen: {
      $0.allSatisfy { SeenFiles.isAsSeen($0, inState: wiring.surroundings.state?.path ?? "") }
    }
  }

  /// Nil where the front would not ask it, or would look for the answer elsewhere.
  private func question() -> [UInt8]? {
    guard let words = givenWords(), let account = Account.numbers, let state = wiring.surroundings.state else {
      return nil
    }
    let question = FrontQuestion(arguments: words.arguments, count: words.count, environment: words.environment)
    guard question.isKept, let directory = question.stateDirectory, directory.elementsEqual(state.path.utf8) else {
      return nil
    }
    var bytes: [UInt8] = []
    let isWhole = account.withUnsafeBufferPointer { question.feed(account: $0) { bytes.append(contentsOf: $0) } }
    return isWhole ? bytes : nil
  }
}

extension FrontQuestion {
  /// Where the front looks for answers.
  fileprivate var stateDirectory: [UInt8]? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { path in
      guard statePath(path) else { return nil }
      return path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    }
  }
}
