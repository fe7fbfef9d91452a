import FlowModel
import Ingest
import Sessions

/// A session table that a savefile feeds.
final class Replay {
    /// After how many records it looks at the stop signal, which is a system call.
    private static let turn = 64

    let store: SessionStore
    let names: NameTable
    private let path: String
    private let lanes: Set<Lane>
    private let expression: String
    private let stop: Signal
    /// Its times so far.
    private(set) var clock = RecordingClock()
    /// When the recording ended; known once it was read.
    private(set) var endTime = ReceiveTime(wall: Timestamp(nanoseconds: 0), monotonic: 0)

    /// - Parameters:
    ///   - lanes: what of the recording is taken in, besides its frames.
    ///   - expression: which of its frames; all, where it is `nil`.
    init(
        _ path: String, _ table: SessionTable.Configuration, names: NameTable, lanes: Set<Lane>,
        frames expression: String?, unless stop: Signal
    ) {
        self.expression = expression ?? ""
        self.names = names
        self.stop = stop
        self.path = path
        self.lanes = lanes.union([.packet])
        // A file waits for its reader: no event is lost.
        store = SessionStore(configuration: table, seed: LiveTable.seed, queueLimit: .max)
    }

    /// Takes in the whole file.
    ///
    /// - Parameter step: called after each record; answers whether to go on, which ends with the stop signal, too.
    /// - Returns: where the file is damaged, in what way; what came before was taken in. A pipe that was left in the middle of
    ///   a record, as the stop signal came, is not damaged.
    func run(_ step: (SessionStore) throws(IngestError) -> Bool) throws(IngestError) -> IngestError? {
        var source: SavefileSource
        do throws(IngestError) {
            source = try SavefileSource.open(
                path, names: names, seed: LiveTable.seed, frames: expression, unless: stop)
        } catch {
            if isOfTheStop(error) { return nil }
            throw error
        }
        var observations = ObservationBatch()
        var damage: IngestError?
        var count = 0
        while true {
            do throws(IngestError) {
                guard try source.next(into: &observations) else { break }
            } catch {
                if !isOfTheStop(error) { damage = error }
                break
            }
            if lanes.count < Lane.allCases.count {
                observations = ObservationBatch(observations.filter(lanes.contains))
            }
            _ = store.take(observations, at: clock.time(at: source.time))
            guard try step(store) else { return damage }
            count += 1
            if count % Self.turn == 0, stop.isRaised { return damage }
        }
        endTime = clock.time(at: source.time)
        store.finish(at: endTime)
        _ = try step(store)
        return damage
    }

    /// Whether the file merely seems to end too early, as it was not waited for any longer.
    private func isOfTheStop(_ error: IngestError) -> Bool { error.kind == .data && stop.isRaised }
}

extension Set<Lane> {
    fileprivate func contains(_ observation: Observation) -> Bool {
        switch observation {
        case .conntrack, .dumpBegan, .dumpEnded, .subscription: contains(.conntrack)
        case .packet: contains(.nflog)
        case .flow, .frames: contains(.packet)
        case .loss(let loss): contains(loss.lane)
        case .interface: true
        }
    }
}
