import FlowModel
import Testing
import Wire

/// When a recording goes on in another file.
struct SavefileRotationTests {
    private func steps(
        _ rotation: SavefileRotation, _ records: [(size: Int, seconds: Int64)]
    ) -> [SavefileRotation.Step?] {
        var rotation = rotation
        return records.map { rotation.next(adding: $0.size, at: Timestamp(seconds: $0.seconds, nanoseconds: 0)) }
    }

    @Test
    func noFileGetsLongerThanWasAskedFor() {
        let rotation = SavefileRotation(path: "lan.pcap", byteLimit: 224, interval: nil, keptCount: nil)
        // 24 bytes are the header's.
        let steps = steps(rotation, [(100, 0), (100, 0), (1, 0), (199, 0), (1, 0)])
        #expect(steps.map { $0?.path } == [nil, nil, "lan.1.pcap", nil, "lan.2.pcap"])
        #expect(steps.compactMap { $0?.removed } == [[], []])
    }

    @Test
    func aFrameThatIsLongerThanAFileHasOneForItself() {
        let rotation = SavefileRotation(path: "a", byteLimit: 100, interval: nil, keptCount: nil)
        let steps = steps(rotation, [(500, 0), (500, 0), (10, 0), (10, 0)])
        #expect(steps.map { $0?.path } == [nil, "a.1", "a.2", nil])
    }

    @Test
    func aFileCoversATimeFromItsFirstFrameOn() {
        let rotation = SavefileRotation(path: "/v/x.y/b", byteLimit: nil, interval: 10_000_000_000, keptCount: nil)
        let steps = steps(rotation, [(9, 100), (9, 109), (9, 110), (9, 90), (9, 119), (9, 500), (9, 505)])
        #expect(steps.map { $0?.path } == [nil, nil, "/v/x.y/b.1", nil, nil, "/v/x.y/b.2", nil])
    }

    @Test
    func theOldestGoWhereOnlySomeAreKept() {
        let rotation = SavefileRotation(path: ".pcap", byteLimit: 30, interval: nil, keptCount: 2)
        let steps = steps(rotation, [(20, 0), (20, 0), (20, 0), (20, 0)])
        #expect(steps.map { $0?.path } == [nil, ".pcap.1", ".pcap.2", ".pcap.3"])
        #expect(steps.map { $0?.removed ?? [] } == [[], [], [".pcap"], [".pcap.1"]])
        let single = SavefileRotation(path: "c.pcap", byteLimit: 30, interval: nil, keptCount: 1)
        #expect(self.steps(single, [(20, 0), (20, 0)]).compactMap { $0?.removed } == [["c.pcap"]])
    }
}
