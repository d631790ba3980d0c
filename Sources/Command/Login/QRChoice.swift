/// `--qr`: whether the address is also drawn as a QR code.
enum QRChoice: String, CaseIterable {
  /// On a terminal where it fits.
  case auto
  /// Also where it does not fit.
  case always
  /// As `##` and blanks, for terminals that know no colours.
  case ascii
  case never
}
