/// The names of hosts as URLs hold them (RFC 3986 §3.2.2).
enum HostName {
  /// Labels of letters, digits, `-` and `_` between single dots, or an IPv4 address; `name` is in lower case.
  ///
  /// A name whose last label is a number is an address to some readers (127.1, 0x7f.1, 2130706433) and a name to
  /// others, so it must be four plain decimal numbers.
  static func isValid(_ name: [UInt8]) -> Bool {
    let labels = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard name.count <= 253, labels.allSatisfy(isLabel), let last = labels.last else { return false }
    return isNumber(last) ? IPAddress.v4(name) != nil : true
  }

  private static func isLabel(_ label: ArraySlice<UInt8>) -> Bool {
    let hyphen = UInt8(ascii: "-")
    guard !label.isEmpty, label.count <= 63, label.first != hyphen, label.last != hyphen else { return false }
    return label.allSatisfy { isLetter($0) || isDigit($0) || $0 == hyphen || $0 == UInt8(ascii: "_") }
  }

  private static func isNumber(_ label: ArraySlice<UInt8>) -> Bool {
    label.allSatisfy(isDigit) || label.starts(with: "0x".utf8) && label.dropFirst(2).allSatisfy { hexDigit($0) != nil }
  }
}
