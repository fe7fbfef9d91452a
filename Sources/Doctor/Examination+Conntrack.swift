import FlowModel

extension Examination {
    /// Conntrack tracks only in namespaces where a rule asks for it.
    var untracked: [Finding] {
        guard facts.rules != nil, !facts.rulesUseConntrack, facts.table?.count == 0 else { return [] }
        let sentence = "no rule here uses conntrack, so it tracks nothing, and there are no sessions to see"
        return [Finding("untracked", sentence, .command(shell.command(tracking)))]
    }

    /// A rule that has everything tracked, and decides nothing.
    private var tracking: [String] {
        if facts.ruleTools.contains("nft") {
            [
                "nft",
                "table inet nfmon-track { chain input { type filter hook input priority 0; ct state invalid counter; }; }",
            ]
        } else {
            ["iptables", "-A", "INPUT", "-m", "conntrack", "--ctstate", "INVALID"]
        }
    }

    /// Other listeners for whose sake the kernel keeps sessions' ends. An nfmon that was told to (`--reliable`) is no fault.
    var listeners: [Finding] {
        (facts.reliableListeners ?? []).filter { !$0.isNFMon }.map { process in
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
