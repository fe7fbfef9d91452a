import FlowModel
import Testing

struct SessionRecordTests {
    /// Among many sessions each cache line is a wait, for every flow that is handed on.
    @Test
    func whatFramesNeedLiesInOneCacheLinesLength() throws {
        let ends = [
            try #require(MemoryLayout<SessionRecord>.offset(of: \.original)) + MemoryLayout<FlowKey>.size,
            try #require(MemoryLayout<SessionRecord>.offset(of: \.lastSeen)) + MemoryLayout<Timestamp>.size,
            try #require(MemoryLayout<SessionRecord>.offset(of: \.start)) + MemoryLayout<Timestamp>.size,
            try #require(MemoryLayout<SessionRecord>.offset(of: \.facts)) + MemoryLayout<SessionFacts>.size,
            try #require(MemoryLayout<SessionRecord>.offset(of: \.laneSlot)) + MemoryLayout<UInt32>.size,
        ]
        #expect(ends.allSatisfy { $0 <= 64 })
    }
}
