import ArgumentParser

/// What every verb takes: the profile, how much is said, and the profile's settings as flags.
struct CommonOptions: ParsableArguments {
  @OptionGroup var profile: ProfileOptions
  @OptionGroup var selection: ProfileSelection
  @OptionGroup var output: OutputOptions

  var choices: CommonChoices {
    CommonChoices(
      profile: selection.profile, config: selection.config, output: output.choices, flags: profile.flags)
  }
}

/// What was given of them, whoever read the command line.
struct CommonChoices: Hashable {
  var profile: String?
  var config: String?
  var output = OutputChoices()
  var flags = SettingFlags()
}
