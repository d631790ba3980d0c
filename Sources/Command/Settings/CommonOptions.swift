import ArgumentParser

/// What every verb takes: the profile, how much is said, and the profile's settings as flags.
struct CommonOptions: ParsableArguments {
  @OptionGroup var profile: ProfileOptions
  @OptionGroup var selection: ProfileSelection
  @OptionGroup var output: OutputOptions
}
