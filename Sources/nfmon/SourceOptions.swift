import ArgumentParser
import FlowModel
import Ingest
import Sessions

/// What to read: lanes, groups, interfaces, buffers, the namespace.
struct SourceOptions: ParsableArguments {
    @Option(
        name: .long,
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Read this NFLOG group; may be given several times. (default: 100)",
            discussion: "A group has one reader: if another process has it, nfmon names it."),
        transform: WholeNumber.parser(in: 0...UInt16.max))
    var group: [UInt16] = []

    @Flag(name: .customLong("no-conntrack"), help: "Do not read conntrack: only what rules log is known then.")
    var noConntrack = false

    @Flag(name: .customLong("no-nflog"), help: "Do not read NFLOG: no interface, rule or denied packet is known then.")
    var noNFLog = false

    @Option(
        name: .customLong("conntrack-buffer"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "Receive buffer for conntrack events, in bytes (K, M, G). (default: 64M, which grows to 256M after overruns)",
            discussion: "An event takes about 1.3 KB of it until it is read. A size that is given does not grow.",
            valueName: "bytes"),
        transform: ByteCount.init(parsing:))
    var conntrackBuffer: ByteCount?

    @Flag(
        name: .long,
        help: ArgumentHelp(
            "Have the kernel keep each session's end until nfmon has taken it.",
            discussion: """
                Ends are then never lost to an overrun; beginnings and changes can be. While nfmon is held up, sessions that \
                have ended fill the kernel's table, and every other listener (conntrackd, ulogd, a second nfmon) gets their \
                ends again and again. What does not fit is counted as lost each time that the kernel tries.
                """))
    var reliable = false

    @Option(
        name: .customLong("nflog-buffer"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "Receive buffer for logged packets, in bytes (K, M, G). (default: 32M, which grows to 128M after overruns)",
            discussion: "A size that is given does not grow.", valueName: "bytes"),
        transform: ByteCount.init(parsing:))
    var nflogBuffer: ByteCount?

    @Option(
        name: .long,
        help: ArgumentHelp("Look into this network namespace, as ip netns names it.", valueName: "name"))
    var netns: String?

    @OptionGroup var capture: CaptureOptions

    func validate() throws {
        if noNFLog, !group.isEmpty {
            throw ValidationError("--group and --no-nflog contradict each other.")
        }
        if noNFLog {
            try IdleOption.refuse([nflogBufferOption], "--no-nflog leaves nothing for it to hold: leave out either.")
        }
        if noConntrack {
            try IdleOption.refuse(
                [conntrackBufferOption, reliableOption], "--no-conntrack leaves nothing for it to do: leave out either."
            )
        }
    }

    /// - Parameter savefile: whether one is read, which may hold packets.
    /// - Throws: where nothing is left to read.
    func checkLanes(of savefile: Bool = false) throws {
        if noConntrack, noNFLog, !capture.isGiven, !savefile {
            throw ValidationError(
                "--no-conntrack and --no-nflog together leave nothing to read: leave out either, or name an interface with -i."
            )
        }
        if !capture.isGiven {
            try IdleOption.refuse(
                capture.ringOptions + (savefile ? [] : [capture.expressionOption]),
                "there are no packets without -i: name an interface.")
        }
    }

    /// What of the superuser's power it takes to read all this.
    var needs: CapabilityNeeds {
        var needs: CapabilityNeeds = noConntrack && noNFLog ? [] : .netfilter
        if capture.isGiven { needs.insert(.capture) }
        if netns != nil { needs.insert(.namespace) }
        return needs
    }

    /// What a savefile does not heed. It does heed which lanes to read.
    var liveOptions: [IdleOption] {
        socketOptions + capture.ringOptions + [IdleOption("--netns", isGiven: netns != nil)]
    }

    /// How netfilter's sockets are read.
    private var socketOptions: [IdleOption] {
        [
            IdleOption("--group", isGiven: !group.isEmpty), conntrackBufferOption, nflogBufferOption, reliableOption,
        ]
    }

    /// What only a reading of one's own heeds, and a running monitor does not.
    var ownOptions: [IdleOption] {
        liveOptions + laneOptions + [capture.expressionOption]
    }

    /// What of netfilter to read, and how: nothing for who reads packets alone.
    var netfilterOptions: [IdleOption] { socketOptions + laneOptions }

    private var laneOptions: [IdleOption] {
        [IdleOption("--no-conntrack", isGiven: noConntrack), IdleOption("--no-nflog", isGiven: noNFLog)]
    }

    private var conntrackBufferOption: IdleOption {
        IdleOption("--conntrack-buffer", isGiven: conntrackBuffer != nil)
    }

    var reliableOption: IdleOption { IdleOption("--reliable", isGiven: reliable) }

    private var nflogBufferOption: IdleOption { IdleOption("--nflog-buffer", isGiven: nflogBuffer != nil) }

    /// What only a command that goes on reading heeds.
    var bufferOptionsButConntracks: [IdleOption] { [nflogBufferOption, reliableOption] }

    /// The lanes to read of a savefile, or of the kernel: packets then only where an interface is named.
    func lanes(of savefile: Bool) -> Set<Lane> {
        var lanes = Set(savefile || capture.isGiven ? Lane.allCases : Lane.netfilter)
        if noConntrack { lanes.remove(.conntrack) }
        if noNFLog { lanes.remove(.nflog) }
        return lanes
    }

    /// The session table for what is read.
    var tableConfiguration: SessionTable.Configuration {
        var configuration = SessionTable.Configuration()
        configuration.hasConntrack = !noConntrack
        configuration.hasNFLog = !noNFLog
        configuration.hasTaps = capture.isGiven
        return configuration
    }

    /// The groups to read, and whether the user asked for them by number.
    var groups: (numbers: [UInt16], areChosen: Bool) {
        var seen = Set<UInt16>()
        let unique = group.filter { seen.insert($0).inserted }
        return unique.isEmpty ? ([100], false) : (unique, true)
    }
}
