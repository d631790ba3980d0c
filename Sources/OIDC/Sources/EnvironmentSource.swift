public import Model

/// A pre-issued token in an environment variable (`token_env`).
public struct EnvironmentSource: Sendable {
  public let variable: String

  public init(variable: String) { self.variable = variable }

  /// - Parameter value: the variable's bytes; nil if it is not set.
  public func token(value: [UInt8]?) throws(SourceError) -> UnverifiedToken {
    let setting = "token_env \(variable)"
    guard let value else { throw .missing(setting: setting) }
    return try TokenText.token(value, setting: setting)
  }
}
