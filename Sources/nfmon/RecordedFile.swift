import FlowModel
import Ingest

/// One of several savefiles: what it has next, and when.
final class RecordedFile {
    private var source: SavefileSource
    let path: String
    private let wanted: Set<Lane>
    private let stop: Signal
    private(set) var observations = ObservationBatch()
    private(set) var isOpen = true
    private(set) var damage: IngestError?
    /// The lanes of what it has next.
    private(set) var lanes: Set<Lane> = []
    /// The filters with which its frames were captured, as far as they were noted.
    private var notedFilters = RecordedFilters()
    /// The number of the interface that its frames do not name; `nil` before the first of them.
    var unnamed: InterfaceIndex?
    /// Whether another file goes on where this one ends.
    var isContinued = false
    /// The interfaces that its frames name, and from when to when they came.
    private(set) var interfaces: Set<InterfaceIndex> = []
    private(set) var packetSpan: ClosedRange<Timestamp>?
    /// Of each lane that it told of, when that was for the last time.
    private(set) var ends: [Lane: Timestamp] = [:]

    /// From when to when each lane tells in what it has next.
    var spans: [Lane: ClosedRange<Timestamp>] {
        var spans: [Lane: ClosedRange<Timestamp>] = [:]
        for observation in observations {
            guard let lane = observation.lane else { continue }
            // Frames come a second at a time, with times of their own.
            let span: ClosedRange<Timestamp>
            if case .flow(let flow) = observation {
                span = flow.first...max(flow.first, flow.last)
            } else if lane == .packet {
                continue
            } else {
                span = time...time
            }
            let whole = spans[lane] ?? span
            spans[lane] = min(whole.lowerBound, span.lowerBound)...max(whole.upperBound, span.upperBound)
        }
        return spans
    }

    init(
        _ path: String, names: NameTable, lanes: Set<Lane>, frames expression: String, unless stop: Signal
    ) throws(IngestError) {
        source = try SavefileSource.open(
            path, names: names, seed: LiveTable.seed, frames: expression, unless: stop)
        self.path = path
        wanted = lanes
        self.stop = stop
    }

    var time: Timestamp { source.time }

    /// What tells it from other files: mostly the last part of its path.
    func name(among files: [RecordedFile]) -> Substring {
        let name = Self.lastPart(of: path)
        return files.count { Self.lastPart(of: $0.path) == name } > 1 ? Substring(path) : name
    }

    private static func lastPart(of path: String) -> Substring { path.split(separator: "/").last ?? "" }

    /// Whether what it has next are frames of an interface that it does not name.
    var hasUnnamedFrames: Bool { observations.flows.contains { $0.tap.interface == 0 } }

    /// The filters of its frames, where it has told of another one since this was asked last.
    func takeFilters() -> RecordedFilters? {
        guard source.recordedFilters != notedFilters else { return nil }
        notedFilters = source.recordedFilters
        return notedFilters
    }

    /// What it has next, frames of an interface that it does not name as of this one.
    func observations(naming interface: InterfaceObservation?) -> ObservationBatch {
        guard let number = unnamed else { return observations }
        var named = ObservationBatch()
        if let interface { named.append(.interface(interface)) }
        for observation in observations {
            if case .flow(var flow) = observation, flow.tap.interface == 0 {
                flow.tap.interface = number
                named.append(flow)
            } else {
                named.append(observation)
            }
        }
        return named
    }

    /// Keeps in mind of which interfaces it tells next, and until when.
    func noteSpans() {
        for flow in observations.flows where flow.tap.interface != 0 { interfaces.insert(flow.tap.interface) }
        let spans = spans
        ends.merge(spans.mapValues(\.upperBound)) { max($0, $1) }
        guard let span = spans[.packet] else { return }
        let whole = packetSpan ?? span
        packetSpan = min(whole.lowerBound, span.lowerBound)...max(whole.upperBound, span.upperBound)
    }

    /// Goes on to the next record, or the next second of frames.
    func advance() {
        do throws(IngestError) {
            isOpen = try source.next(into: &observations)
        } catch {
            isOpen = false
            // A pipe that was left as the stop signal came is not damaged.
            if !stop.isRaised { damage = error }
        }
        lanes = Set(observations.compactMap(\.lane))
        if !lanes.isSubset(of: wanted) {
            observations = ObservationBatch(
                observations.filter { observation in observation.lane.map(wanted.contains) ?? true })
            lanes.formIntersection(wanted)
        }
    }
}

extension Observation {
    /// The lane that tells it; `nil` of what is of none.
    fileprivate var lane: Lane? {
        switch self {
        case .conntrack, .dumpBegan, .dumpEnded, .subscription: .conntrack
        case .packet: .nflog
        case .flow, .frames: .packet
        case .loss(let loss): loss.lane
        case .interface: nil
        }
    }
}
