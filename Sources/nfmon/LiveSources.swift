import FlowModel
import Ingest
import Sessions

/// The sources of a command, opened together and stopped together.
struct LiveSources {
    private let links: LinkSource
    private let nflog: NFLogSource?
    private let conntrack: ConntrackSource?
    private let capture: CaptureSource?
    /// In words: what is read.
    let description: String
    /// Why the rules' log is not read although it could be wanted; `nil` where it is read, or nobody wants it.
    let nflogRefusal: IngestError?

    /// Opens what the options ask for.
    ///
    /// The interfaces come first, so that names are known; then their packets, so that they are there of every session whose beginning
    /// netfilter tells; then NFLOG; conntrack last, as its dump begins at once.
    ///
    /// - Parameter leavesForeign: whether a capture leaves out frames for other hosts.
    init(
        _ options: SourceOptions, conntrack configuration: ConntrackSource.Configuration, into intake: Intake,
        packetsInto packetIntake: Intake, failure: SourceFailure, leavesForeign: Bool
    ) throws(IngestError) {
        links = try LinkSource(into: intake, failure: failure)
        var parts: [String] = []
        capture = try Self.openCapture(options, leavesForeign, packetIntake, failure)
        (nflog, nflogRefusal) = options.noNFLog ? (nil, nil) : try Self.openNFLog(options, intake, failure)
        if options.noConntrack {
            conntrack = nil
        } else {
            var configuration = configuration
            if let buffer = options.conntrackBuffer {
                (configuration.receiveBuffer, configuration.greatestBuffer) = (buffer.bytes, buffer.bytes)
            }
            configuration.isReliable = options.reliable
            let source = try ConntrackSource(configuration, into: intake, failure: failure)
            source.warnings.forEach(Talk.warn)
            conntrack = source
            parts.append(source.isFiltered ? "conntrack (filtered by the kernel)" : "conntrack")
        }
        if nflog != nil {
            let groups = options.groups.numbers.map(String.init).joined(separator: ", ")
            parts.append("NFLOG group \(groups)")
        }
        if capture != nil { parts.append("packets on \(options.capture.interfaces.joined(separator: ", "))") }
        description = parts.joined(separator: ", ")
    }

    private static func openCapture(
        _ options: SourceOptions, _ leavesForeign: Bool, _ intake: Intake, _ failure: SourceFailure
    ) throws(IngestError) -> CaptureSource? {
        guard options.capture.isGiven else { return nil }
        var configuration = options.capture.configuration
        configuration.leavesForeign = leavesForeign
        return try CaptureSource(
            configuration, into: intake, seed: LiveTable.seed, failure: failure, notice: Talk.warn)
    }

    /// A group that the user did not choose may be taken: conntrack then goes on alone.
    private static func openNFLog(
        _ options: SourceOptions, _ intake: Intake, _ failure: SourceFailure
    ) throws(IngestError) -> (NFLogSource?, IngestError?) {
        var configuration = NFLogSource.Configuration()
        configuration.groups = options.groups.numbers
        if let buffer = options.nflogBuffer {
            (configuration.receiveBuffer, configuration.greatestBuffer) = (buffer.bytes, buffer.bytes)
        }
        do throws(IngestError) {
            let source = try NFLogSource(configuration, into: intake, failure: failure)
            source.warnings.forEach(Talk.warn)
            return (source, nil)
        } catch {
            guard error.kind == .unavailable, !options.groups.areChosen, !options.noConntrack || options.capture.isGiven
            else { throw error }
            Talk.warn("\(error): going on without NFLOG, so without interfaces and rules")
            return (nil, error)
        }
    }

    /// What conntrack's receive buffer came to.
    var bufferAdvice: BufferAdvice? { conntrack?.advice }

    /// From when on the capture counts; `nil` where there is none.
    var captureStart: Timestamp? { capture?.start }

    /// The names of captured interfaces that were down at some time.
    var downInterfaceNames: Set<String> { capture?.downInterfaceNames ?? [] }

    /// Hands packets that pass from now on to another intake, or to nobody.
    ///
    /// - Returns: from when on.
    func turnCapture(to intake: Intake?) -> Timestamp { capture?.turn(to: intake) ?? ReceiveTime.now.wall }

    /// Ends the capture, once it has told all that passed.
    func stopCapture() { capture?.stop() }

    /// Has conntrack's table looked at now, whatever that costs.
    func lookNow() {
        var pace = DumpPace()
        pace.interval = 1
        pace.processorShare = 0
        conntrack?.change(to: pace)
    }

    /// Ends what netfilter tells; the capture goes on.
    func stopNetfilter() {
        conntrack?.stop()
        nflog?.stop()
    }

    /// Ends all threads and waits for them.
    func stop() {
        stopNetfilter()
        capture?.stop()
        links.stop()
    }
}
