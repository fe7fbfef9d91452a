import ArgumentParser
import FlowModel
import Ingest
import Wire

/// What packets to capture: interfaces, how much of each packet, which.
struct CaptureOptions: ParsableArguments {
    @Option(
        name: [.customShort("i", allowingJoined: true), .customLong("interface")],
        help: ArgumentHelp(
            "Also read the packets that pass this interface; may be given several times. any is all of them.",
            discussion: "What netfilter drops on its way out, and what it never sees, is seen where it came in.",
            valueName: "interface"))
    var interfaces: [String] = []

    @Option(
        name: .customLong("capture-filter"),
        help: ArgumentHelp(
            "With -i, or of a savefile: only packets that this expression of tcpdump's language admits (man pcap-filter).",
            valueName: "expression"))
    var expression: String?

    @Option(
        name: .customLong("snaplen"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "With -i: bytes of each packet that are captured. (default: 192, which is every header; of record: all)",
            valueName: "bytes"),
        transform: WholeNumber.parser(in: 64...SavefileRecord.longest))
    var snapLength: UInt32?

    /// As a ``PromiscuousOption`` says.
    var isPromiscuous = false

    @Option(
        name: .customLong("packet-buffer"),
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            With -i: bytes of the ring in which packets wait (K, M, G; 256K at least), for each interface and thread. (default: 32M, \
            of more than 16 of them 512M together)
            """,
            valueName: "bytes"),
        transform: ByteCount.init(parsing:))
    var buffer: ByteCount?

    @Option(
        name: .customLong("capture-threads"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "With -i: how many threads share the packets of an interface, those of each pair of hosts with one. (default: 1)",
            valueName: "n"),
        transform: WholeNumber.parser(in: 1...64))
    var threadCount: Int?

    func validate() throws {
        if Set(interfaces).count < interfaces.count {
            throw ValidationError("-i: each interface once.")
        }
        if interfaces.count > 1, interfaces.contains("any") {
            throw ValidationError("-i any is all interfaces: leave out the others.")
        }
        if let buffer, buffer.bytes < 256 << 10 {
            throw ValidationError("--packet-buffer: give 256K at least, which is two blocks.")
        }
    }

    /// Whether packets are read.
    var isGiven: Bool { !interfaces.isEmpty }

    /// All of them.
    var options: [IdleOption] { ringOptions + [expressionOption] }

    /// Which packets: a savefile heeds it, too.
    var expressionOption: IdleOption { IdleOption("--capture-filter", isGiven: expression != nil) }

    /// What only a reading from the kernel heeds.
    var ringOptions: [IdleOption] {
        [
            IdleOption("-i", isGiven: isGiven), IdleOption("--snaplen", isGiven: snapLength != nil),
            IdleOption("--promiscuous", isGiven: isPromiscuous),
            IdleOption("--packet-buffer", isGiven: buffer != nil),
            IdleOption("--capture-threads", isGiven: threadCount != nil),
        ]
    }

    /// What to capture.
    var configuration: CaptureSource.Configuration {
        var configuration = CaptureSource.Configuration()
        configuration.interfaces = interfaces
        configuration.isPromiscuous = isPromiscuous
        if let snapLength { configuration.snapLength = snapLength }
        if let buffer { configuration.ringByteCount = buffer.bytes }
        if let threadCount { configuration.shareCount = threadCount }
        if let expression { configuration.expression = expression }
        return configuration
    }
}
