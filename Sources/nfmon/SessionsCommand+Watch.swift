import Client
import FlowModel
import Ingest
import Reports
import Screen
import Sessions

// `--watch`: the same question, asked again and again, on a screen.

extension SessionsCommand {
    /// What is said beside `--watch` and would mean nothing.
    func checkWatch(_ key: (name: String, isRate: Bool)) throws {
        try IdleOption.refuse(
            [IdleOption("-r", isGiven: read != nil)],
            "--watch goes on looking, and a savefile stays as it is: leave either out.")
        try IdleOption.refuse(
            [IdleOption("-o \(output.rawValue)", isGiven: output != .table)],
            "--watch draws a screen: leave either out.")
        if sources.noConntrack {
            try IdleOption.refuse(
                [IdleOption("--sort \(key.name)", isGiven: key.isRate)], Self.ratesAreConntracks)
        }
    }

    /// Draws what a monitor says until the user has seen enough.
    ///
    /// - Throws: a `ClientError` where nobody answers at the beginning. Later the screen says so, and asks again.
    func showScreen(of client: MonitorClient) throws {
        let capabilities = try SessionScreen.capabilities()
        _ = try client.get("/v1/sessions", [("format", "json"), ("limit", "0")])
        let stop = try Signal()
        try stop.raiseOnTermination()
        let feed = MonitorFeed(client: client)
        var screen = try SessionScreen(setup(feed, lanes: Set(Lane.netfilter)), capabilities, feed: feed, unless: stop)
        try screen.run(news: nil) { nil }
    }

    /// Draws what nfmon's own table says until the user has seen enough.
    func showScreen() throws(IngestError) {
        let capabilities = try SessionScreen.capabilities()
        var table = sources.tableConfiguration
        table.tellsEvents = false
        var conntrack = ConntrackSource.Configuration()
        // The filter may change, so that the kernel is not told it.
        conntrack.pace.interval = refreshInterval
        let start = ReceiveTime.now
        let live = try LiveTable(sources, table, conntrack)
        let feed = LiveFeed(live: live, sources: sources, start: start.wall)
        do throws(IngestError) {
            var screen = try SessionScreen(
                setup(feed, lanes: sources.lanes(of: false)), capabilities, feed: feed, unless: live.stop)
            try screen.run(news: live.change) { live.failure.first }
        } catch {
            _ = live.finish()
            throw error
        }
        if let failure = live.finish() { throw failure }
    }

    private var refreshInterval: UInt64 { interval?.nanoseconds ?? 2_000_000_000 }

    private func setup(_ feed: some ScreenFeed, lanes: Set<Lane>) -> ScreenState.Setup {
        // Of a bare --top as many as there is room for.
        let limit = limit ?? (topText == "" || leadingWord != nil ? nil : top)
        let question = ScreenQuestion(
            filter: filter.text(behind: leadingWord), by: groups.by, having: groups.having,
            sort: sort ?? (lanes.contains(.conntrack) ? nil : "bytes"), limit: limit ?? .max)
        return ScreenState.Setup(origin: feed.origin, interval: refreshInterval, lanes: lanes, question: question)
    }
}
