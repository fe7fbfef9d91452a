public import FlowModel

extension Examination {
    /// What conntrack is set to leave out. Commands tell it beside their answers, too.
    public static func findings(in settings: ConntrackSettings, _ shell: Shell) -> [Finding] {
        var findings: [Finding] = []
        if settings.countsBytes == false {
            findings.append(
                Finding(
                    "accounting-off", "accounting is off, so new sessions have no byte counts",
                    .command(shell.set("net.netfilter.nf_conntrack_acct", 1))))
        }
        if settings.stampsTimes == false {
            findings.append(
                Finding(
                    "timestamps-off", "time stamps are off, so the starts of older sessions are unknown",
                    .command(shell.set("net.netfilter.nf_conntrack_timestamp", 1))))
        }
        if settings.eventsMode == 0 {
            findings.append(
                Finding(
                    "events-off", "conntrack events are off, so sessions are seen only now and then",
                    .command(shell.set("net.netfilter.nf_conntrack_events", 2))))
        }
        return findings
    }
}
