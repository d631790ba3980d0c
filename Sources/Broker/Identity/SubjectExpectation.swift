import Model

/// `expect_subject`: whoever it is, it must be this one. Account and role are checked by `STS.Expectations`.
struct SubjectExpectation {
  let profile: Profile

  init(_ profile: Profile) { self.profile = profile }

  func check(_ subject: ByteText?) throws(Failure) {
    guard let expected = profile.expectSubject, subject != expected else { return }
    let found = subject?.printable() ?? "nobody (it names no subject)"
    throw Failure(
      .refused,
      "the identity is \(found), but expect_subject (\(profile.origin(of: .expectSubject))) is "
        + expected.printable(),
      hint: "log in as that person, or correct expect_subject")
  }
}
