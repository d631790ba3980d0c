internal import NIOCore
internal import Synchronization

/// The connections of a server: counted against the limit, and known by name, so that those at rest can be told to
/// close.
final class OpenConnections: Sendable {
  private struct Contents {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var isDraining = false
  }

  private let contents = Mutex(Contents())
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  var count: Int { contents.withLock { $0.channels.count } }
  var isDraining: Bool { contents.withLock { $0.isDraining } }

  /// False where there are as many as may be.
  func enter(_ channel: any Channel) -> Bool {
    contents.withLock { contents in
      guard contents.channels.count < limit else { return false }
      contents.channels[ObjectIdentifier(channel)] = channel
      return true
    }
  }

  func leave(_ channel: any Channel) {
    contents.withLock { _ = $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
  }

  /// Connections at rest close; each of the others after its present answer.
  func drain() {
    let channels = contents.withLock { contents in
      contents.isDraining = true
      return Array(contents.channels.values)
    }
    for channel in channels { channel.pipeline.fireUserInboundEventTriggered(DrainBegins()) }
  }
}

/// To every connection's handlers: no more requests.
struct DrainBegins: Sendable {}
