internal import FlowModel
internal import Wire

/// Asks nf_tables for its chains: what their policies counted, and which tables there are, whatever tools are installed.
struct HostChains {
    struct Place: Hashable {
        var family: String
        var table: String
        var chain: String
    }

    /// What came to the policies of chains that count it.
    private(set) var policies: [Place: Counters] = [:]
    /// The tables that have chains, as family and name.
    private(set) var tables: Set<[String]> = []

    /// The chains of the thread's network namespace; as many as the kernel tells.
    init() {
        let request = NetlinkRequest.chainDump(sequence: 1)
        _ = try? NetlinkSocket.list(.netfilter, request, for: "list the chains of nf_tables") { note($0) }
    }

    /// The number of what nf_tables holds now; `nil` where it does not say.
    static var generation: UInt32? {
        var found: UInt32?
        _ = try? NetlinkSocket.list(
            .netfilter, NetlinkRequest.generation(sequence: 1), for: "ask for nf_tables' generation"
        ) { message in
            if let generation = try? GenerationMessage(message) { found = generation.number }
        }
        return found
    }

    private mutating func note(_ message: borrowing NetlinkMessage) {
        guard let chain = try? ChainMessage(message) else { return }
        tables.insert([chain.family, chain.table])
        guard let counters = chain.counters else { return }
        policies[Place(family: chain.family, table: chain.table, chain: chain.chain)] = counters
    }
}
