internal import FlowModel

/// Where the threads of a recording find its file, which is there before they read.
final class FrameDesk: Sendable {
    private let held = Lock<FrameFile?>(nil)

    var file: FrameFile? {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
}
