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
            targets: [
                "FlowModel", "Wire", "Flows", "Ingest", "Sessions", "Query", "Doctor", "Comparison", "Reports",
                "Screen",
                "Monitor",
            ]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        // Arrays that nobody else can hold, for the tables; NIO brings it along.
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        // Without its traits it does without Foundation. HummingbirdCore is its server; five paths need no router.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CNetfilter",
            providers: [
                .apt(["libmnl-dev", "libnetfilter-log-dev", "libnetfilter-conntrack-dev"])
            ]),
        // Not Yams, which is libyaml and Foundation: 45 MB of binary.
        .systemLibrary(name: "CYAML", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CPcap", providers: [.apt(["libpcap-dev"])]),
        .target(name: "CLinux"),
        .target(name: "FlowModel", swiftSettings: strict),
        .target(name: "Wire", dependencies: ["FlowModel"], swiftSettings: strict),
        .target(name: "Flows", dependencies: ["FlowModel", "Wire"], swiftSettings: strict),
        .target(
            name: "Ingest", dependencies: ["FlowModel", "Wire", "Flows", "CNetfilter", "CLinux", "CYAML", "CPcap"],
            swiftSettings: strict),
        .target(
            name: "Sessions",
            dependencies: ["FlowModel", .product(name: "BasicContainers", package: "swift-collections")],
            swiftSettings: strict),
        .target(name: "Query", dependencies: ["FlowModel"], swiftSettings: strict),
        .target(name: "Doctor", dependencies: ["FlowModel"], swiftSettings: strict),
        .target(name: "Comparison", dependencies: ["FlowModel"], swiftSettings: strict),
        .target(
            name: "Reports", dependencies: ["FlowModel", "Query", "Doctor", "Comparison"], swiftSettings: strict),
        .target(name: "Screen", dependencies: ["FlowModel", "Query", "Reports"], swiftSettings: strict),
        .target(name: "Settings", dependencies: ["FlowModel", "Ingest"], swiftSettings: strict),
        .target(
            name: "Monitor",
            dependencies: ["FlowModel", "Ingest", "Sessions", "Query", "Doctor", "Reports", "Settings"],
            swiftSettings: strict),
        .target(
            name: "Server",
            dependencies: [
                "FlowModel", "Ingest", "Query", "Doctor", "Reports", "Settings", "Monitor",
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "Client",
            dependencies: [
                "FlowModel",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "nfmon",
            dependencies: [
                "FlowModel", "Wire", "Ingest", "Sessions", "Query", "Doctor", "Comparison", "Reports", "Screen",
                "Settings", "Monitor", "Server", "Client",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
        .testTarget(name: "FlowModelTests", dependencies: ["FlowModel"], swiftSettings: strict),
        .testTarget(
            name: "WireTests", dependencies: ["FlowModel", "Wire"], swiftSettings: strict),
        .testTarget(name: "FlowsTests", dependencies: ["FlowModel", "Wire", "Flows"], swiftSettings: strict),
        .testTarget(name: "ComparisonTests", dependencies: ["FlowModel", "Wire", "Comparison"], swiftSettings: strict),
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
            name: "ServerTests",
            dependencies: [
                "FlowModel", "Ingest", "Sessions", "Doctor", "Reports", "Settings", "Monitor", "Server", "Client",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ReportsTests", dependencies: ["FlowModel", "Query", "Doctor", "Comparison", "Reports"],
            exclude: ["Golden"],
            swiftSettings: strict),
        .testTarget(
            name: "MonitorTests",
            dependencies: ["FlowModel", "Ingest", "Sessions", "Query", "Reports", "Settings", "Monitor"],
            swiftSettings: strict),
        .testTarget(
            name: "ScreenTests", dependencies: ["FlowModel", "Query", "Reports", "Screen"], exclude: ["Golden"],
            swiftSettings: strict),
        .testTarget(
            name: "IngestTests", dependencies: ["FlowModel", "Wire", "Ingest", "Sessions", "Reports"],
            swiftSettings: strict),
        .testTarget(name: "SettingsTests", dependencies: ["FlowModel", "Settings"], swiftSettings: strict),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "FlowModel", "Ingest", "Reports", "nfmon", "Settings",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
    ]
)
