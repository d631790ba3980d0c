import ArgumentParser

/// What every verb takes: the profile, how much is said, and the profile's settings as flags.
struct CommonOptions: ParsableArguments {
  /// Many: the short help leaves them out.
  @OptionGroup(visibility: .hidden) var profile: ProfileOptions
  @OptionGroup var selection: ProfileSelection
  @OptionGroup var output: OutputOptions
}
