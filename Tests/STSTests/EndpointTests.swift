import Formats
import Model
import STS
import Testing

@Suite struct EndpointTests {
  @Test(arguments: [
    ("aws", "eu-central-1", "sts.eu-central-1.amazonaws.com"), ("aws", nil, "sts.us-east-1.amazonaws.com"),
    ("aws", "mx-central-1", "sts.mx-central-1.amazonaws.com"),
    ("aws-cn", "cn-north-1", "sts.cn-north-1.amazonaws.com.cn"), ("aws-cn", nil, "sts.cn-northwest-1.amazonaws.com.cn"),
    ("aws-us-gov", "us-gov-east-1", "sts.us-gov-east-1.amazonaws.com"),
    ("aws-us-gov", nil, "sts.us-gov-west-1.amazonaws.com"),
    ("aws-eusc", "eusc-de-east-1", "sts.eusc-de-east-1.amazonaws.eu"),
    ("aws-eusc", nil, "sts.eusc-de-east-1.amazonaws.eu"),
    ("aws-iso", "us-iso-west-1", "sts.us-iso-west-1.c2s.ic.gov"), ("aws-iso", nil, "sts.us-iso-east-1.c2s.ic.gov"),
    ("aws-iso-b", nil, "sts.us-isob-east-1.sc2s.sgov.gov"), ("aws-iso-e", nil, "sts.eu-isoe-west-1.cloud.adc-e.uk"),
    ("aws-iso-f", "us-isof-east-1", "sts.us-isof-east-1.csp.hci.ic.gov"),
    ("aws-iso-f", nil, "sts.us-isof-south-1.csp.hci.ic.gov"),
    // A region newer than this program.
    ("aws", "nz-north-1", "sts.nz-north-1.amazonaws.com"), ("aws-cn", "zz-north-9", "sts.zz-north-9.amazonaws.com.cn"),
  ])
  func regionalHostOfEveryPartition(_ partition: String, _ region: String?, _ host: String) throws {
    let arn = try role("arn:\(partition):iam::123456789012:role/deploy")
    let endpoint = try STSEndpoint.choose(role: arn, region: region, override: nil)
    #expect(endpoint.url.text == "https://\(host)/")
    #expect(endpoint.isAWS)
    #expect(host.hasPrefix("sts.\(endpoint.region)."))
  }

  @Test func everyPartitionsHomeRegionIsItsOwn() {
    for partition in Partition.allCases { #expect(Partition(region: partition.homeRegion) == partition) }
    #expect(Partition(region: "us-gov-west-1") == .govCloud)
    #expect(Partition(region: "us-west-1") == .commercial)
    #expect(Partition(region: "us-isob-east-1") == .isoB)
  }

  @Test func withoutARoleTheRegionDecides() throws {
    #expect(try STSEndpoint.choose(role: nil, region: nil, override: nil).url.host == "sts.us-east-1.amazonaws.com")
    #expect(
      try STSEndpoint.choose(role: nil, region: "cn-north-1", override: nil).url.host
        == "sts.cn-north-1.amazonaws.com.cn")
    let global = try STSEndpoint.choose(role: nil, region: "aws-global", override: nil)
    #expect(global.url.host == "sts.amazonaws.com")
    #expect(global.region == "us-east-1")
  }

  @Test func regionOfAnotherPartitionIsAnErrorThatSaysSo() throws {
    let arn = try role("arn:aws-us-gov:iam::123456789012:role/deploy")
    let expected = STSEndpointError.otherPartition(region: "us-east-1", .commercial, role: .govCloud)
    #expect(throws: expected) { try STSEndpoint.choose(role: arn, region: "us-east-1", override: nil) }
    #expect(throws: expected) {
      try STSEndpoint.choose(role: arn, region: "us-east-1", override: "https://sts.us-east-1.amazonaws.com")
    }
    #expect(expected.message == "region us-east-1 is in partition aws, but role_arn is in aws-us-gov")
  }

  @Test(arguments: [
    "", "eu-central", "EU-CENTRAL-1", "eu-central-1.evil.example/", "eu--1", "-a-1", "eu-central-1\n", "eu-cen:tral-1",
  ])
  func whatIsNoRegionIsRefused(_ region: String) throws {
    #expect(throws: STSEndpointError.malformedRegion(region)) {
      try STSEndpoint.choose(role: try role(), region: region, override: nil)
    }
  }

  @Test func overrides() throws {
    let local = try STSEndpoint.choose(
      role: try role("arn:minio:iam:::role/idp-role-name"), region: "garage", override: "http://127.0.0.1:8333")
    #expect(local.url.text == "http://127.0.0.1:8333")
    #expect(local.region == "garage")
    #expect(!local.isAWS)
    let vpc = "https://vpce-1.sts.eu-central-1.vpce.amazonaws.com"
    #expect(try STSEndpoint.choose(role: try role(), region: "eu-central-1", override: vpc).isAWS)
    #expect(try STSEndpoint.choose(role: try role(), region: nil, override: "https://sts.eu-central-1.api.aws").isAWS)
    #expect(
      !(try STSEndpoint.choose(role: try role(), region: nil, override: "https://amazonaws.com.evil.example")).isAWS)
    #expect(!(try STSEndpoint.choose(role: try role(), region: nil, override: "https://evilamazonaws.com")).isAWS)
  }

  @Test(arguments: ["http://sts.example.com", "http://169.254.169.254", "http://localhost.example"])
  func plainHTTPBeyondThisMachineIsRefused(_ url: String) throws {
    #expect(throws: STSEndpointError.insecure(url)) {
      try STSEndpoint.choose(role: try role(), region: nil, override: url)
    }
  }

  @Test(arguments: [
    "", "sts.example.com", "ftp://sts.example.com", "https://user@sts.example.com", "https://sts.example.com/#x",
  ])
  func overridesThatAreNoURLAreRefused(_ url: String) {
    let error = #expect(throws: STSEndpointError.self) { try STSEndpoint.choose(role: nil, region: nil, override: url) }
    guard case .malformedURL = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func regionsOfOtherServersMustFitASignature() {
    #expect(throws: STSEndpointError.malformedRegion("a:b")) {
      try STSEndpoint.choose(role: nil, region: "a:b", override: "https://sts.example.com")
    }
  }

  @Test func rolesThatAWSCannotHaveNeedAServer() throws {
    let arn = try role("arn:minio:iam:::role/idp-role-name")
    #expect(throws: STSEndpointError.foreignRole(arn.text)) {
      try STSEndpoint.choose(role: arn, region: nil, override: nil)
    }
  }
}
