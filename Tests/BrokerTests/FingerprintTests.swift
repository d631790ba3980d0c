import Crypto
import Model
import Testing

@testable import Broker

/// Names of files must be the same with every compiler and every version that reads format 1.
@Suite struct FingerprintTests {
  private var session: SessionKey? {
    var profile = Profile(name: "p")
    profile.issuer = "https://op.example"
    profile.clientID = "daypass"
    return SessionKey(profile)
  }

  private var key: CredentialKey {
    CredentialKey(
      source: "login", session: session, proof: nil, isSignatureChecked: false, subject: "alice",
      roleARN: "arn:aws:iam::111122223333:role/dev", chain: [], duration: .seconds(3600), policy: nil, policyARNs: [],
      endpoint: "https://sts.amazonaws.com/", region: "us-east-1", audience: nil, sessionName: "alice",
      expectAccount: nil,
      expectRole: nil)
  }

  @Test func `names do not change`() throws {
    #expect(try #require(session).fingerprint.name(OpenSSL()) == "4699557689f80b081d2fa658113322279f85cbd0")
    #expect(key.fingerprint.name(OpenSSL()) == "e6e9d77700d7433a7c1e1e46bb8e774d2a45a55e")
  }

  @Test func `each of the values that shape credentials changes the name`() {
    var step = ChainStep(roleARN: "arn:aws:iam::111122223333:role/next")
    var variants: [CredentialKey] = [key]
    func vary(_ change: (inout CredentialKey) -> Void) {
      var variant = key
      change(&variant)
      variants.append(variant)
    }
    vary { $0.source = "file" }
    vary { $0.session = nil }
    vary { $0.proof = [1] }
    vary { $0.isSignatureChecked = true }
    vary { $0.subject = "bob" }
    vary { $0.subject = nil }
    vary { $0.roleARN = "arn:aws:iam::111122223333:role/ops" }
    vary { $0.duration = .maximum }
    vary { $0.duration = .seconds(900) }
    vary { $0.policy = "{}" }
    vary { $0.policyARNs = ["a"] }
    vary { $0.policyARNs = ["a", "b"] }
    vary { $0.policyARNs = ["ab"] }
    vary { $0.endpoint = "https://sts.example/" }
    vary { $0.region = "eu-west-1" }
    vary { $0.audience = "x" }
    vary { $0.sessionName = "bob" }
    vary { $0.expectAccount = "111122223333" }
    vary { $0.expectRole = "111122223333" }
    vary { $0.chain = [.init(step: step)] }
    vary { $0.chain = [.init(step: step, policy: "{}")] }
    vary { $0.chain = [.init(step: step), .init(step: step)] }
    for change in [
      { $0.sessionName = "x" }, { $0.duration = 900 }, { $0.externalID = "x" },
      { $0.tags = [.init(key: "k", value: "v")] },
      { $0.tags = [.init(key: "kv", value: "")] }, { $0.transitiveTagKeys = ["k"] }, { $0.sourceIdentity = "x" },
      { $0.policyARNs = ["x"] },
    ] as [(inout ChainStep) -> Void] {
      step = ChainStep(roleARN: "arn:aws:iam::111122223333:role/next")
      change(&step)
      vary { $0.chain = [.init(step: step)] }
    }
    #expect(Set(variants.map { $0.fingerprint.name(OpenSSL()) }).count == variants.count)
  }

  @Test func `an absent value is not an empty one, and neighbours do not run together`() {
    func encoded(_ build: (inout Fingerprint) -> Void) -> [UInt8] {
      var fingerprint = Fingerprint()
      build(&fingerprint)
      return fingerprint.encoded
    }
    #expect(encoded { $0.add(String?.none) } != encoded { $0.add("") })
    #expect(
      encoded {
        $0.add("ab"); $0.add("c")
      }
        != encoded {
          $0.add("a"); $0.add("bc")
        })
    #expect(encoded { $0.add("\u{E9}") } != encoded { $0.add("e\u{301}") })
  }
}
