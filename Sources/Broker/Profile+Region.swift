extension Profile {
  /// The region that was configured for daypass: what a program we run or print for should see. One that came from the
  /// AWS variables is there already.
  public var configuredRegion: String? {
    if case .variable(let name) = origin(of: .region), name.hasPrefix("AWS_") { return nil }
    return region
  }
}
