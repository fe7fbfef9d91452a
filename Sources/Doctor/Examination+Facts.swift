import FlowModel

extension Examination {
    /// What was looked at, and how it is.
    var lookedAt: [Diagnosis.Fact] {
        var found: [Diagnosis.Fact] = []
        func tell(_ name: String, _ sentence: String?, isNote: Bool = false) {
            if let sentence { found.append(Diagnosis.Fact(name, sentence, isNote: isNote)) }
        }
        if question.readsConntrack {
            tell("settings", facts.settings.map(text))
            tell("table", facts.table.map { "\(grouped($0.count)) of \(grouped($0.limit)) entries" })
            tell("failures", facts.failures.map(text))
            tell("buffer", facts.load.map(text), isNote: facts.load.map { $0.buffer < $0.wantedBuffer } ?? false)
            tell("listeners", facts.reliableListeners.map(text) ?? "the kernel does not say which are reliable")
            tell("offload", facts.rules == nil ? nil : text(facts.flowtables))
        }
        if !question.groups.isEmpty {
            tell("rules", facts.rules.map(text))
            tell(
                "groups",
                facts.groupReaders.map { $0.isEmpty ? "nobody reads one" : $0.map(text).joined(separator: ", ") },
                isNote: facts.groupReaders?.contains(where: isOurs) ?? false)
            tell("entries", facts.attachesEntries.map(text(attachesEntries:)), isNote: facts.attachesEntries == false)
        }
        tell(
            "clock", facts.clock.isSynchronised.map(text(isSynchronised:)), isNote: facts.clock.isSynchronised == false)
        return found
    }

    private func text(attachesEntries: Bool) -> String {
        attachesEntries
            ? "this kernel attaches conntrack's entry to logged packets"
            : "this kernel does not attach conntrack's entry to logged packets, so they find their session by its tuples"
    }

    private func text(isSynchronised: Bool) -> String {
        isSynchronised ? "the clock is synchronised" : "the clock is not synchronised, so times may be wrong, or step"
    }

    private func text(_ settings: ConntrackSettings) -> String {
        func word(_ isOn: Bool?) -> String { isOn.map { $0 ? "on" : "off" } ?? "unknown" }
        let events =
            switch settings.eventsMode {
            case 0: "off"
            case 1: "of every session"
            case 2: "of sessions that begin while somebody listens"
            default: "unknown"
            }
        return "accounting \(word(settings.countsBytes)), time stamps \(word(settings.stampsTimes)), events \(events)"
    }

    private func text(_ failures: (before: ConntrackFailures, during: ConntrackFailures)) -> String {
        let before = failures.before
        return "\(grouped(failures.during.total)) in \(span); before that: \(grouped(before.drops)) dropped, "
            + "\(grouped(before.earlyDrops)) ended early, \(grouped(before.failedInserts)) not inserted"
    }

    private func text(_ load: EventLoad) -> String {
        let rate = "\(counted(UInt64(load.eventCount), "event")) in \(span)"
        let size =
            "the busiest second takes \(kibibytes(load.busiestSecond)) of \(kibibytes(load.buffer)) of receive buffer"
        let limit = "; asked for were \(kibibytes(load.wantedBuffer)), but net.core.rmem_max is the limit"
        return "\(rate), \(size)\(load.buffer < load.wantedBuffer ? limit : "")"
    }

    private func text(_ listeners: [ProcessName]) -> String {
        listeners.isEmpty ? "none is reliable" : "reliable: \(listeners.map(\.description).joined(separator: ", "))"
    }

    private func text(_ rules: [LogRule]) -> String {
        let asked = facts.ruleTools.joined(separator: ", ")
        let groups = groupList(Set(rules.map(\.group)).sorted())
        return rules.isEmpty
            ? "none logs to a group (\(asked))"
            : "\(counted(UInt64(rules.count), "rule")) to group \(groups) (\(asked))"
    }

    private func text(_ flowtables: [Flowtable]) -> String {
        let counting = flowtables.count { $0.counts }
        return flowtables.isEmpty
            ? "no flowtable" : "\(counting) of \(counted(UInt64(flowtables.count), "flowtable")) counting"
    }

    private func text(_ reader: GroupReader) -> String {
        "NFLOG group \(reader.group) is read by \(reader.process)"
            + (isOurs(reader) ? ", which knows interface and rule of what it logs; another nfmon would not" : "")
    }

    /// Whether an nfmon already reads a group that nfmon would read: no fault, but who asks should ask that one.
    private func isOurs(_ reader: GroupReader) -> Bool {
        reader.process.isNFMon && question.groups.contains(reader.group)
    }

    private func groupList(_ groups: [UInt16]) -> String { groups.map(String.init).joined(separator: ", ") }
}
