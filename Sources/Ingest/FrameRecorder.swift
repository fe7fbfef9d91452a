public import FlowModel
public import Wire

/// Writes the frames of a capture into a savefile, or into several in turn.
///
/// The file is a pcapng file, which names each frame's interface, or an ordinary pcap file of the interface's own link type; of several
/// interfaces it is LINKTYPE_LINUX_SLL2 then, which has their numbers. Times are nanoseconds.
public final class FrameRecorder: Sendable {
    public struct Configuration: Sendable {
        /// `-` is the standard output.
        public var path = "-"
        public var format = SavefileFormat.pcap
        /// Who writes, as a pcapng file tells it.
        public var application = ""
        /// When to begin another file; never, where it is `nil`.
        public var rotation: SavefileRotation?
        public var capture = CaptureSource.Configuration()

        public init() {}
    }

    /// What has become of the capture.
    public struct Figures: Sendable {
        /// Those that are in the files, or on their way.
        public internal(set) var frameCount: UInt64 = 0
        /// Those that could not be written, or not whole.
        public internal(set) var unwrittenCount: UInt64 = 0
        public internal(set) var fileCount = 0
        /// Frames that the kernel dropped for want of room, and those in damaged blocks.
        public internal(set) var lostCount: UInt64 = 0
        /// Losses of which nobody knows how much they were.
        public internal(set) var uncountedLosses: UInt64 = 0
    }

    private let desk: FrameDesk
    private let threads: CaptureThreads

    /// Opens the interfaces, creates the file and starts writing.
    ///
    /// - Parameter stop: ends the wait for the reader of a pipe.
    public init(
        _ configuration: Configuration, unless stop: Signal, failure: SourceFailure,
        notice: @escaping @Sendable (String) -> Void
    ) throws(IngestError) {
        var capture = configuration.capture
        let writer = try Self.writer(configuration)
        capture.leavesLoopbackEgress = !writer.tellsWays
        let isOrdered = capture.interfaces.count == 1 && capture.shareCount == 1
        let desk = FrameDesk()
        self.desk = desk
        // The file is emptied last: what is in it stays where nothing can be recorded.
        threads = try CaptureThreads(
            capture, failure: failure, notice: notice,
            begin: { () throws(IngestError) in
                desk.file = try FrameFile(
                    configuration.path, configuration.rotation, writer, needsOrder: !isOrdered, unless: stop,
                    failure: failure)
            }
        ) { FrameWriter(desk, capture: $0) }
    }

    /// What writes frames of such interfaces.
    private static func writer(_ configuration: Configuration) throws(IngestError) -> SavefileWriter {
        let capture = configuration.capture
        var origin = PcapngWriter.Origin()
        origin.application = configuration.application
        origin.system = "Linux \(KernelRelease.current.text)"
        origin.filter = capture.expression
        var blocks = PcapngWriter(origin, snapLength: capture.snapLength)
        var linkTypes: [LinkType] = []
        for name in capture.interfaces {
            let interface = try CaptureInterface(named: name)
            let linkType: LinkType = interface.isEthernet ? .ethernet : .raw
            blocks.addCapture(
                of: interface.index, name: Array(name.utf8), linkType: interface.index == 0 ? .ethernet : linkType)
            linkTypes.append(interface.index == 0 ? .linuxCooked2 : linkType)
        }
        return SavefileWriter(
            linkType: linkTypes.count == 1 ? linkTypes[0] : .linuxCooked2, snapLength: capture.snapLength,
            blocks: configuration.format == .pcapng ? blocks : nil)
    }

    public var figures: Figures { desk.file?.figures ?? Figures() }

    /// Writes what has passed until now, and the rest of the file.
    public func finish() {
        desk.file?.stopWaiting()
        threads.stop()
        desk.file?.finish(at: ReceiveTime.now.wall)
    }
}
