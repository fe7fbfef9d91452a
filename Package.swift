// swift-tools-version: 6.2
import PackageDescription

// The modules and who may import whom are drawn in Sources/README.md; Tests/ArchitectureTests holds them to it.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // Returning a borrowed span, and ~Escapable views over one, need it (Swift 6.3).
    .enableExperimentalFeature("Lifetimes"),
]

let package = Package(
    name: "nfmon",
    products: [
        .executable(name: "nfmon", targets: ["nfmon"]),
        // One library for the nested package Tests/Benchmarks; nothing else is meant to link against it.
        .library(
            name: "NFMonModules",
            targets: ["FlowModel", "Wire", "Ingest", "Sessions", "Query", "Doctor", "Reports"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
    ],
    targets: [
        .systemLibrary(
            name: "CNetfilter",
            providers: [
                .apt(["libmnl-dev", "libnetfilter-log-dev", "libnetfilter-conntrack-dev"])
            ]),
        .target(name: "CLinux"),
        .target(name: "FlowModel", swiftSettings: strict),
        .target(name: "Wire", dependencies: ["FlowModel"], swiftSettings: strict),
        .target(name: "Ingest", dependencies: ["FlowModel", "Wire", "CNetfilter", "CLinux"], swiftSettings: strict),
        .target(name: "Sessions", dependencies: ["FlowModel"], swiftSettings: strict),
        .target(name: "Query", dependencies: ["FlowModel"], swiftSettings: strict),
        .target(name: "Doctor", dependencies: ["FlowModel"], swiftSettings: strict),
        .target(name: "Reports", dependencies: ["FlowModel", "Query", "Doctor"], swiftSettings: strict),
        .executableTarget(
            name: "nfmon",
            dependencies: [
                "FlowModel", "Wire", "Ingest", "Sessions", "Query", "Doctor", "Reports",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
        .testTarget(name: "FlowModelTests", dependencies: ["FlowModel"], swiftSettings: strict),
        .testTarget(
            name: "WireTests", dependencies: ["FlowModel", "Wire"], swiftSettings: strict),
        .testTarget(
            name: "OracleTests", dependencies: ["FlowModel", "Wire", "CNetfilter", "CLinux"], swiftSettings: strict),
        .testTarget(
            name: "SessionsTests", dependencies: ["FlowModel", "Sessions"], swiftSettings: strict),
        .testTarget(name: "QueryTests", dependencies: ["FlowModel", "Query"], swiftSettings: strict),
        .testTarget(name: "DoctorTests", dependencies: ["FlowModel", "Doctor"], swiftSettings: strict),
        .testTarget(
            name: "ReplayTests", dependencies: ["FlowModel", "Wire", "Ingest", "Sessions", "Query"],
            swiftSettings: strict),
        .testTarget(
            name: "ReportsTests", dependencies: ["FlowModel", "Query", "Doctor", "Reports"], exclude: ["Golden"],
            swiftSettings: strict),
        .testTarget(
            name: "IngestTests", dependencies: ["FlowModel", "Wire", "Ingest", "Sessions", "Reports"],
            swiftSettings: strict),
    ]
)
