import FlowModel

extension Examination {
    /// Other listeners for whose sake the kernel keeps sessions' ends.
    var listeners: [Finding] {
        (facts.reliableListeners ?? []).map { process in
            Finding(
                "reliable-listener",
                "\(process) has the kernel keep each session's end until it has taken it: whenever it waits, ended sessions "
                    + "fill conntrack's table, and nfmon gets their ends again and again",
                end(
                    process,
                    or: "find it with ss -A netlink; its own option turns that off (conntrackd: NetlinkEventsReliable)")
            )
        }
    }

    /// Flowtables that take the counters away from sessions.
    var offload: [Finding] {
        facts.flowtables.filter { !$0.counts }.map { flowtable in
            // Added to one that is there, with everything that it has, a flowtable only gets what is new.
            let statements = flowtable.statements.map { $0.hasSuffix(";") ? $0 : $0 + ";" } + ["counter;"]
            let words = [
                "nft", "add", "flowtable", flowtable.family, flowtable.table, flowtable.name,
                "{ \(statements.joined(separator: " ")) }",
            ]
            return Finding(
                "offload-uncounted",
                "the flowtable \(flowtable.family) \(flowtable.table) \(flowtable.name) does not count, so the counters of "
                    + "sessions that it takes over stand still",
                Shell.isPlain(words)
                    ? .command(shell.command(words)) : .advice("give it the statement \"counter\""))
        }
    }
}
