import FlowModel
import Ingest
import Settings

/// A source that the settings ask for, and how it is to be opened.
struct SourcePlan: Equatable {
    enum Kind: Equatable {
        case links
        case group(UInt16, buffer: Int?)
        case conntrack(buffer: Int?, isReliable: Bool, totals: TotalsSettings)
    }

    var kind: Kind

    /// The sources of a monitor, in the order in which they are opened: the interfaces come first, so that names are known, conntrack
    /// last, as its dump begins at once. Each group is a source of its own: one that another process has takes no other down.
    static func all(for settings: MonitorSettings) -> [SourcePlan] {
        let sources = settings.sources
        var plans = [SourcePlan(kind: .links)]
        if sources.readsNFLog {
            plans += sources.groups.map { SourcePlan(kind: .group($0, buffer: sources.nflogBuffer)) }
        }
        if sources.readsConntrack {
            plans.append(
                SourcePlan(
                    kind: .conntrack(
                        buffer: sources.conntrackBuffer, isReliable: sources.isReliable, totals: settings.totals)))
        }
        return plans
    }

    /// What it reads, in words.
    var name: String {
        switch kind {
        case .links: "links"
        case .group(let group, _): "NFLOG group \(group)"
        case .conntrack: "conntrack"
        }
    }

    /// Whose messages are missing while it does not read; `nil` for names alone.
    var lane: Lane? {
        switch kind {
        case .links: nil
        case .group: .nflog
        case .conntrack: .conntrack
        }
    }

    /// Has a source that was opened for another plan read on by this one.
    ///
    /// - Returns: `false` where it must be opened anew.
    func take(over source: any Source, from old: SourcePlan) -> Bool {
        guard case .conntrack(let buffer, let isReliable, let totals) = kind,
            case .conntrack(let oldBuffer, let wasReliable, _) = old.kind, let source = source as? ConntrackSource
        else { return false }
        guard buffer == oldBuffer, isReliable == wasReliable else { return false }
        source.change(to: DumpPace(totals))
        return true
    }

    /// Opens it in the calling thread's network namespace.
    ///
    /// - Parameter firstDump: why it looks at all sessions first, if it does.
    func open(
        into intake: Intake, firstDump: DumpStart.Cause, onFailure failure: SourceFailure
    ) throws(IngestError) -> any Source {
        switch kind {
        case .links: return try LinkSource(into: intake, failure: failure)
        case .group(let group, let buffer):
            var configuration = NFLogSource.Configuration()
            configuration.groups = [group]
            if let buffer { (configuration.receiveBuffer, configuration.greatestBuffer) = (buffer, buffer) }
            return try NFLogSource(configuration, into: intake, failure: failure)
        case .conntrack(let buffer, let isReliable, let totals):
            var configuration = ConntrackSource.Configuration()
            if let buffer { (configuration.receiveBuffer, configuration.greatestBuffer) = (buffer, buffer) }
            configuration.isReliable = isReliable
            configuration.pace = DumpPace(totals)
            configuration.firstDump = firstDump
            return try ConntrackSource(configuration, into: intake, failure: failure)
        }
    }
}

extension DumpPace {
    fileprivate init(_ totals: TotalsSettings) {
        self.init()
        (interval, processorShare) = (totals.interval, totals.processorShare)
    }
}
