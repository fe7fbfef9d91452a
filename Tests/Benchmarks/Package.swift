// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who builds nfmon builds its benchmarks. `Tests/Benchmarks/run` builds and runs it.
let package = Package(
    name: "Benchmarks",
    dependencies: [.package(name: "nfmon", path: "../..")],
    targets: [
        .target(name: "CAllocations"),
        .target(
            name: "CReference",
            linkerSettings: [
                .linkedLibrary("mnl"), .linkedLibrary("netfilter_log"), .linkedLibrary("netfilter_conntrack"),
            ]),
        .executableTarget(
            name: "Load",
            linkerSettings: [.linkedLibrary("mnl"), .linkedLibrary("netfilter_conntrack")]),
        .executableTarget(
            name: "BareLoop",
            linkerSettings: [.linkedLibrary("mnl"), .linkedLibrary("netfilter_conntrack")]),
        .executableTarget(name: "Flood"),
        .executableTarget(name: "StreamReader"),
        .executableTarget(
            name: "Benchmarks",
            dependencies: ["CAllocations", "CReference", .product(name: "NFMonModules", package: "nfmon")],
            swiftSettings: [
                .treatAllWarnings(as: .error),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableExperimentalFeature("Lifetimes"),
            ]),
    ]
)
