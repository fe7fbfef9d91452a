import Ingest
import Reports

extension RecordingClock {
    /// What is to be said of it; nothing, where it never went back.
    var notes: [String] {
        guard backCount > 0 else { return [] }
        var text = Array("the recording's clock went back ".utf8)
        text.appendCount(backCount, "time")
        text += Array(", by ".utf8)
        text.appendDuration(nanoseconds: greatestStep)
        text += Array(backCount == 1 ? ": ".utf8 : " at most: ".utf8)
        text += Array("what was before what, and how long it took, is not sure around that".utf8)
        return [String(decoding: text, as: UTF8.self)]
    }
}
