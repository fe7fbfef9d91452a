import Ingest

/// What about this host makes the answer less than it could be, with the command that mends it.
enum AnswerNotes {
    static func gather(_ options: SourceOptions) -> [String] {
        guard !options.noConntrack else { return [] }
        let prefix = options.netns.map { "ip netns exec \($0) " } ?? ""
        var notes: [String] = []
        if KernelSettings.countsBytes == false {
            notes.append(
                "accounting is off, so new sessions have no byte counts: \(prefix)sysctl -w net.netfilter.nf_conntrack_acct=1"
            )
        }
        if KernelSettings.stampsTimes == false {
            notes.append(
                "time stamps are off, so the starts of older sessions are unknown: "
                    + "\(prefix)sysctl -w net.netfilter.nf_conntrack_timestamp=1")
        }
        if KernelSettings.eventsMode == 0 {
            notes.append(
                "conntrack events are off, so sessions are seen only now and then: "
                    + "\(prefix)sysctl -w net.netfilter.nf_conntrack_events=2")
        }
        return notes
    }
}
