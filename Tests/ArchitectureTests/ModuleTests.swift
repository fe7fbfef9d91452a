import Testing

/// Who may import whom, as `Sources/README.md` draws it: one way, from the kernel to the output.
struct ModuleTests {
    /// What each module may import. A lock is FlowModel's `Lock`, which the thread sanitizer sees; `Mutex` it does not.
    static let allowed: [String: Set<String>] = [
        "FlowModel": ["Synchronization"],
        "Wire": ["FlowModel"],
        "Flows": ["FlowModel", "Wire"],
        "Ingest": ["FlowModel", "Wire", "Flows", "CNetfilter", "CLinux", "CYAML", "CPcap", "Glibc"],
        "Sessions": ["FlowModel", "BasicContainers"],
        "Query": ["FlowModel"],
        "Doctor": ["FlowModel"],
        "Comparison": ["FlowModel"],
        "Reports": ["FlowModel", "Query", "Doctor", "Comparison"],
        "Screen": ["FlowModel", "Query", "Reports"],
        "Settings": ["FlowModel", "Ingest"],
        "Monitor": ["FlowModel", "Ingest", "Sessions", "Query", "Doctor", "Reports", "Settings"],
        "Server": [
            "FlowModel", "Ingest", "Query", "Doctor", "Reports", "Settings", "Monitor", "HummingbirdCore", "HTTPTypes",
            "Logging", "NIOCore", "NIOHTTP1", "NIOHTTPTypes", "NIOHTTPTypesHTTP1", "NIOPosix",
            "ServiceLifecycle",
        ],
        "Client": ["FlowModel", "NIOCore", "NIOPosix", "NIOHTTP1"],
        "nfmon": [
            "FlowModel", "Wire", "Ingest", "Sessions", "Query", "Doctor", "Comparison", "Reports", "Screen", "Settings",
            "Monitor",
            "Server",
            "Client", "Logging", "ArgumentParser",
            "FoundationEssentials",
        ],
    ]

    @Test
    func theSourcesAreFound() {
        #expect(SourceFile.all.count > 50)
        #expect(SourceFile.all.allSatisfy { !$0.code.isEmpty })
        #expect(SourceFile.all.contains { $0.path == "Wire/ByteReader.swift" && $0.mentions("unsafe") })
    }

    @Test
    func everyModuleHasItsRule() {
        #expect(Set(SourceFile.all.map(\.module)) == Set(Self.allowed.keys))
    }

    @Test(arguments: allowed.keys.sorted())
    func aModuleImportsOnlyWhatLiesToItsLeft(_ module: String) {
        for file in SourceFile.all where file.module == module {
            let strangers = Set(file.imports).subtracting(Self.allowed[module] ?? [])
            #expect(strangers.isEmpty, "\(file.path)")
        }
    }

    /// Foundation costs 60 MB of static binary and 5 ms of start.
    @Test
    func nobodyImportsFoundation() {
        for file in SourceFile.all { #expect(!file.imports.contains("Foundation"), "\(file.path)") }
    }
}
