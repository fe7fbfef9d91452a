import FlowModel
import Ingest
import Testing

@testable import nfmon

/// How much a recording is said to have.
struct RecordingFiguresTests {
    @Test func anEmptyOneHasNothingButTheMarkOfItsEnd() throws {
        let recorder = try Recorder(path: "/dev/null")
        #expect(recorder.figures.text == "0 records")
        try recorder.finish(at: ReceiveTime(wall: Timestamp(nanoseconds: 1), monotonic: 1))
        #expect(recorder.figures.text == "no record but the mark of its end")
    }
}
