public import Model

/// Why a source gave no token. `place` is the setting, variable, file or platform that was to give it.
public enum SourceError: Explained, Hashable {
  case missing(place: String)
  case unreadable(place: String, reason: String)
  case empty(place: String)
  case tooLong(place: String)
  /// The platform is here, and the job may not ask it.
  case incomplete(platform: String, lacks: String, mend: String)
  /// An address that would carry a secret in the clear, or is none.
  case unusableURL(place: String)
  case unusableHeaders(place: String, line: Int)
  case refused(by: String, status: Int, mend: String)
  case unusableReply(by: String, reason: String)

  public var kind: FailureKind {
    switch self {
    case .missing, .unreadable, .empty, .incomplete, .unusableURL, .unusableHeaders, .refused: .configuration
    case .tooLong, .unusableReply: .malformed
    }
  }

  /// A path can be long, and its end tells most.
  private func shown(_ place: String) -> String { place.printable(limit: 1000) }

  public var message: String {
    switch self {
    case .missing(let place): "\(shown(place)) does not exist"
    case .unreadable(let place, let reason): "\(shown(place)) cannot be read: \(reason.printable())"
    case .empty(let place): "\(shown(place)) is empty"
    case .tooLong(let place): "\(shown(place)) holds more than the 20000 bytes a token may have"
    case .incomplete(let platform, let lacks, _): "\(platform): \(lacks.printable()) is not set"
    case .unusableURL(let place): "\(shown(place)) is no https URL"
    case .unusableHeaders(let place, let line): "\(shown(place)): line \(line) is no header (Name: value)"
    case .refused(let place, let status, _): "\(shown(place)) refused a token (status \(status))"
    case .unusableReply(let place, let reason):
      "the reply of \(shown(place)) cannot be used: \(reason.printable())"
    }
  }

  public var hint: String? {
    switch self {
    case .missing, .unreadable: "check the setting, and what should write the token"
    case .empty: "the token has to be there before daypass runs"
    case .tooLong: "it must hold nothing but the token"
    case .incomplete(_, _, let mend), .refused(_, _, let mend): mend
    case .unusableURL: "plain http is for this machine and its metadata service only"
    case .unusableHeaders: "write one header a line, without continuation lines"
    case .unusableReply: "check that the platform's service for tokens is what answers there"
    }
  }
}
