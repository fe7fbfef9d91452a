import FlowModel
import Foundation
import Testing

@testable import Ingest
@testable import Wire

/// Datagrams that were longer than their buffer: what was in them is lost, and a recording says so.
@Suite struct CutDatagramTests {
    private final class Sink: ObservationSink {
        let losses = Lock<[Loss]>([])

        func take(_ batch: ObservationBatch, at time: ReceiveTime) -> SinkAnswer {
            losses.withLock { for case .loss(let loss) in batch { $0.append(loss) } }
            return SinkAnswer()
        }

        func advance(to time: ReceiveTime) -> SinkAnswer { SinkAnswer() }
    }

    /// What is told of an answer of the kernel's that does not fit, and what the recording tells of it.
    private func told(of lane: Lane) throws -> (now: [Loss], later: [Loss], isUntold: Bool) {
        let url = FileManager.default.temporaryDirectory.appending(path: "nfmon-cut-\(UUID())")
        defer { try? FileManager.default.removeItem(at: url) }
        let (names, sink) = (NameTable(), Sink())
        let recorder = try Recorder(path: url.path())
        let intake = Intake(sink: sink, names: names, recorder: recorder)
        let socket = try NetlinkSocket.open(.netfilter, stride: 16, count: 1, for: "open a socket")
        try socket.send(NetlinkRequest.generation(sequence: 1), for: "ask")
        guard case .datagrams(let count) = try socket.receive(for: "read the answer") else { return ([], [], false) }
        var decoder = ObservationDecoder(names: names)
        var observations = ObservationBatch()
        _ = intake.deliver(count, from: socket, of: lane, with: &decoder, reusing: &observations)
        try recorder.finish(at: .now)
        var later: [Loss] = []
        var source = try SavefileSource.open(url.path(), names: names, seed: (1, 2))
        while try source.next(into: &observations) {
            for case .loss(let loss) in observations { later.append(loss) }
        }
        return (sink.losses.withLock { $0 }, later, decoder.takeUntoldCut())
    }

    @Test func aRecordingSaysThatAnEventWasCut() throws {
        let (now, later, isUntold) = try told(of: .conntrack)
        #expect(now.map(\.lane) == [.conntrack] && now.map(\.count) == [1])
        #expect(later.map(\.lane) == [.conntrack] && later.map(\.count) == [1])
        #expect(!isUntold)
    }

    @Test func howManyPacketsWereCutTheNextOneTells() throws {
        let (now, later, isUntold) = try told(of: .nflog)
        #expect(now.isEmpty && later.isEmpty && isUntold)
        var decoder = ObservationDecoder(names: NameTable())
        var observations = ObservationBatch()
        decoder.take(.packet(sequence: 0), to: &observations)
        decoder.noteCut()
        decoder.take(.packet(sequence: 6), to: &observations)
        #expect(observations.lossCounts == [5])
        let wasUntold = decoder.takeUntoldCut()
        #expect(!wasUntold)
    }
}
