import ArgumentParser
import Client
import FlowModel
import Ingest
import Reports

/// `nfmon events` as a reader of the monitor's stream.
struct EventRelay {
    /// Nanoseconds that a reader which is behind has at the end.
    private static let patience: UInt64 = 1_000_000_000
    /// Nanoseconds for which a monitor that has too much to do is asked again, and between two tries at most.
    private static let (busyPatience, longestPause): (UInt64, UInt64) = (60_000_000_000, 10_000_000_000)

    let client: MonitorClient
    let format: EventFormat
    let query: [(String, String)]
    /// Where it goes on, if it does.
    let start: StreamPlace?
    /// How many events are wanted; `nil` is all.
    let limit: UInt64?
    /// Nanoseconds after which it is enough; `nil` is never.
    let duration: UInt64?

    /// How it ended.
    private enum End {
        /// All that was wanted has come, or nobody wants more.
        case enough
        /// The monitor has ended, in order or not.
        case left(ClientError?)
    }

    /// Passes events on until there are enough, the user or the reader ends it, or the monitor does.
    func run() throws {
        let (stop, change) = (try Signal(), try Signal())
        try stop.raiseOnTermination()
        var lines = EventLines(format: format)
        let output = OutputStream()
        let end = duration.map { ReceiveTime.now.monotonic &+ $0 }
        var text: [UInt8] = []
        guard let stream = try open(lines.wireFormat, output, stop, change, until: end) else {
            lines.end(to: &text)
            _ = try output.write(&text, until: ReceiveTime.now.monotonic &+ Self.patience)
            return
        }
        defer { stream.close() }
        Talk.say("listening: the monitor on \(client.address.path)")
        let ending = try relay(stream, &lines, &text, output, [stop, change], until: end)
        lines.end(to: &text)
        let outcome = try output.write(&text, until: ReceiveTime.now.monotonic &+ Self.patience)
        if case .readerIsGone = outcome { return }
        Talk.say(lines.eventCount == 1 ? "1 event" : "\(lines.eventCount) events")
        // Behind what was not written there is nothing to go on.
        let place: String? = if case .written = outcome { self.place(in: stream, behind: lines) } else { nil }
        guard case .left(let error) = ending else {
            if let place { Talk.say("go on behind the last event with --after \(place)") }
            return
        }
        Talk.say(error?.description ?? "the monitor has ended")
        if let place {
            Talk.say("go on behind the last event, if the monitor is still the same, with --after \(place)")
        }
        throw ExitCode(69)
    }

    /// Asks for the stream, again for a while where the monitor has too much to do; `nil` where meanwhile nobody wants it any more.
    private func open(
        _ format: EventFormat, _ output: OutputStream, _ stop: Signal, _ change: Signal, until end: UInt64?
    ) throws -> MonitorStream? {
        let lastTry = ReceiveTime.now.monotonic &+ Self.busyPatience
        var hasSaid = false
        while true {
            do throws(ClientError) {
                return try client.stream("/v1/events", query + [("format", format.rawValue)]) { change.raise() }
            } catch {
                guard case .busy(let pause) = error.kind else { throw error }
                let now = ReceiveTime.now.monotonic
                let next = now &+ min(pause, Self.longestPause)
                guard next <= lastTry else { throw error }
                if !hasSaid { Talk.say("\(error.reason); nfmon asks by itself, for a minute at most") }
                hasSaid = true
                let until = min(next, end ?? next)
                if output.wait(for: [stop], timeout: until > now ? until - now : 0) || stop.isRaised { return nil }
                // Nothing was listened to: no events are not what was found.
                if until == end { throw error }
            }
        }
    }

    /// Where a reader that comes back goes on, as `--after` takes it; `nil` where that is not known.
    private func place(in stream: MonitorStream, behind lines: EventLines) -> String? {
        // A row of CSV does not say whether more of the sessions that were there first would follow.
        guard let epoch = stream.head["nfmon-epoch"], format != .csv || !tellsInitial else { return nil }
        let last = lines.lastSequence ?? (lines.eventCount == 0 ? start?.sequence : nil)
        return last.map { "\(epoch):\($0)" }
    }

    private var tellsInitial: Bool { query.contains { $0 == ("initial", "true") } }

    private func relay(
        _ stream: MonitorStream, _ lines: inout EventLines, _ text: inout [UInt8], _ output: OutputStream,
        _ signals: [Signal], until end: UInt64?
    ) throws(IngestError) -> End {
        let (stop, change) = (signals[0], signals[1])
        var bytes: [UInt8] = []
        while !stop.isRaised {
            let now = ReceiveTime.now.monotonic
            if let end, now >= end { return .enough }
            if output.wait(for: signals, timeout: end.map { $0 - now }) { return .enough }
            change.lower()
            bytes.removeAll(keepingCapacity: true)
            let state = stream.take(into: &bytes)
            lines.pass(bytes, to: &text)
            guard case .written = try output.write(&text, unless: stop, until: end) else { return .enough }
            switch state {
            case .open: break
            case .ended: return lines.eventCount == limit ? .enough : .left(nil)
            case .failed(let error): return .left(error)
            }
        }
        return .enough
    }
}
