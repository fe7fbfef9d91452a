internal import FlowModel
internal import Wire

/// Asks nf_tables for its chains: what their policies counted, and which tables there are, whatever tools are installed.
struct HostChains {
    struct Place: Hashable {
        var family: String
        var table: String
        var chain: String
    }

    private static let operation = "list the chains of nf_tables"

    /// What came to the policies of chains that count it.
    private(set) var policies: [Place: Counters] = [:]
    /// The tables that have chains, as family and name.
    private(set) var tables: Set<[String]> = []

    /// The chains of the thread's network namespace; as many as the kernel tells.
    init() {
        do throws(IngestError) { try list() } catch {}
    }

    private mutating func list() throws(IngestError) {
        let socket = try NetlinkSocket.open(.netfilter, stride: 32 << 10, count: 4, for: Self.operation)
        try socket.send(NetlinkRequest.chainDump(sequence: 1), for: Self.operation)
        var set = PollSet(reading: [socket.number])
        for _ in 0..<500 {
            guard case .datagrams(let count) = try socket.receive(for: Self.operation) else {
                guard set.wait(timeout: 1000) else { return }
                continue
            }
            for index in 0..<count {
                let isOver = socket.withDatagram(index) { datagram in
                    guard let datagram else { return false }
                    var messages = NetlinkMessages(datagram)
                    while let message = try? messages.next() {
                        if message.control == .done || message.control == .error { return true }
                        note(message)
                    }
                    return false
                }
                if isOver { return }
            }
        }
    }

    private mutating func note(_ message: borrowing NetlinkMessage) {
        guard let chain = try? ChainMessage(message) else { return }
        tables.insert([chain.family, chain.table])
        guard let counters = chain.counters else { return }
        policies[Place(family: chain.family, table: chain.table, chain: chain.chain)] = counters
    }
}
