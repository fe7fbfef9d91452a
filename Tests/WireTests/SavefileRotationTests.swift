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
        let rotation = SavefileRotation(path: "lan.pcap", byteLimit: 200, interval: nil, keptCount: nil)
        let steps = steps(rotation, [(100, 0), (100, 0), (1, 0), (199, 0), (1, 0)])
        #expect(steps.map { $0?.path } == [nil, nil, "lan.1.pcap", nil, "lan.2.pcap"])
        #expect(steps.compactMap { $0?.removed } == [[], []])
    }

    @Test
    func whatAFileHasBesidesRecordsIsPartOfItsLength() {
        var rotation = SavefileRotation(path: "lan.pcap", byteLimit: 200, interval: nil, keptCount: nil)
        rotation.add(150)
        let time = Timestamp(seconds: 0, nanoseconds: 0)
        #expect(rotation.next(adding: 50, at: time) == nil)
        #expect(rotation.next(adding: 1, at: time)?.path == "lan.1.pcap")
        rotation.add(100)
        #expect(rotation.next(adding: 100, at: time)?.path == "lan.2.pcap", "101 of records and 100 besides")
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
        let rotation = SavefileRotation(path: ".pcap", byteLimit: 25, interval: nil, keptCount: 2)
        let steps = steps(rotation, [(20, 0), (20, 0), (20, 0), (20, 0)])
        #expect(steps.map { $0?.path } == [nil, ".pcap.1", ".pcap.2", ".pcap.3"])
        #expect(steps.map { $0?.removed ?? [] } == [[], [], [".pcap"], [".pcap.1"]])
        let single = SavefileRotation(path: "c.pcap", byteLimit: 25, interval: nil, keptCount: 1)
        #expect(self.steps(single, [(20, 0), (20, 0)]).compactMap { $0?.removed } == [["c.pcap"]])
    }
}
