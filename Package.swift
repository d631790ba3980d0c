// swift-tools-version:6.1
//
// daypass: an identity becomes a token, a token becomes credentials, credentials become a running program's.
//
// The targets stand bottom-up. A target exists only because it makes some wrong import impossible; everything else is a
// folder. docs/architecture.md draws the house; `ci/layers` holds every import against it and says why it is refused.

import PackageDescription

// Nothing looks for the full program's symbols: the loader would prepare thousands of them at each start. The toolchain's
// own linker knows how to write relocations down in a twentieth of the room.
var linkerFlags = ["-use-ld=lld", "-Xlinker", "--no-export-dynamic"]
// What ci/build has found that may be linked in instead of being loaded at each start (docs/decisions/0017).
if let path = Context.environment["DAYPASS_LINK_PATH"] { linkerFlags += ["-L", path] }

let package = Package(
  name: "daypass",
  products: [
    .executable(name: "daypass", targets: ["daypass"]),
    .executable(name: "daypass-full", targets: ["daypass-full"]),
    .executable(name: "daypass-sandbox", targets: ["daypass-sandbox"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
  ],
  targets: [
    // C libraries of the system, each behind one Swift adapter that is its only importer.
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CSealing", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    // Their headers are the system's; they are opened when they are needed, not linked (docs/decisions/0019).
    .target(name: "CCurl"),
    .target(name: "CQREncode"),
    // Real C: what must run between fork and exec, in a signal handler, or through a raw system call.
    .target(name: "CHost"),
    // Keeps out of the program what ArgumentParser would bring and daypass does not use.
    .target(name: "CFoundationStandIn"),

    // Values and seams; then bytes to values. No effects.
    .target(name: "Model"),
    .target(name: "Formats", dependencies: ["Model"]),

    // Decisions, pure.
    .target(name: "OIDC", dependencies: ["Model", "Formats"]),
    .target(name: "STS", dependencies: ["Model", "Formats"]),
    .target(name: "Broker", dependencies: ["Model", "Formats", "OIDC", "STS"]),
    .target(name: "Trust", dependencies: ["Model", "Formats", "STS"]),

    // Effects, at the rim.
    .target(name: "Stat", dependencies: ["Model"]),
    .target(name: "Curl", dependencies: ["Model", "CCurl"]),
    .target(name: "Crypto", dependencies: ["Model", "COpenSSL"]),
    .target(name: "QR", dependencies: ["Model", "CQREncode"]),
    .target(name: "Host", dependencies: ["Model", "CHost", "Stat"]),
    .target(
      name: "Endpoint",
      dependencies: [
        "Model", "Formats",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),

    // The command line: one file a verb, and the only place where everything meets.
    .target(
      name: "Command",
      dependencies: [
        "Model", "Formats", "OIDC", "STS", "Broker", "Trust", "Curl", "Crypto", "QR", "Host", "Endpoint",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .executableTarget(
      name: "daypass-full", dependencies: ["Command", "CFoundationStandIn"],
      linkerSettings: [.unsafeFlags(linkerFlags)]),

    // What is called: a small program that prints what the full one left, and else becomes it. Linked whole, because most
    // of what a dynamic program does in its first milliseconds is to be linked.
    .target(name: "Front", dependencies: ["Model", "Formats", "Stat", "CHost", "CSealing"]),
    .executableTarget(
      name: "daypass", dependencies: ["Front"], linkerSettings: [.unsafeFlags(["-static-executable"])]),

    // A little identity provider and STS of our own, for the demo and the tests; never part of `daypass`.
    .executableTarget(
      name: "daypass-sandbox",
      dependencies: [
        "Model", "Formats", "COpenSSL",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .testTarget(name: "ModelTests", dependencies: ["Model"]),
    .testTarget(name: "FormatsTests", dependencies: ["Formats", "Model"]),
    .testTarget(name: "OIDCTests", dependencies: ["OIDC", "Model", "Formats", "Crypto"]),
    .testTarget(name: "STSTests", dependencies: ["STS", "Model", "Formats"]),
    .testTarget(
      name: "BrokerTests", dependencies: ["Broker", "Model", "Formats", "OIDC", "STS", "Crypto", "Host", "COpenSSL"]),
    .testTarget(name: "TrustTests", dependencies: ["Trust", "Model", "Formats", "STS"]),
    .testTarget(name: "CurlTests", dependencies: ["Curl", "Model"]),
    .testTarget(name: "CryptoTests", dependencies: ["Crypto", "Model"]),
    .testTarget(name: "QRTests", dependencies: ["QR", "Model"]),
    .testTarget(name: "HostTests", dependencies: ["Host", "Model"]),
    .testTarget(name: "EndpointTests", dependencies: ["Endpoint", "Model", "Formats"]),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "Command", "Broker", "Model", "Formats", "OIDC", "QR", "Host",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu11
)

// `ci/fuzz` alone builds this: it has libFuzzer's main, and every target must be made to count its branches.
if Context.environment["DAYPASS_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "daypass-fuzz", dependencies: ["Model", "Formats", "OIDC", "STS", "Trust", "Endpoint", "Command"],
      path: "Tests/Fuzz", exclude: ["Seeds"]))
}

for target in package.targets where target.type != .system {
  var settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ]
  // CI refuses warnings; a newer compiler's new warning must not break a user's build.
  if Context.environment["DAYPASS_WARNINGS_AS_ERRORS"] != nil {
    settings.append(.unsafeFlags(["-warnings-as-errors"]))
  }
  target.swiftSettings = (target.swiftSettings ?? []) + settings
}
