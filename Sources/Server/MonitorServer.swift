public import FlowModel
internal import HummingbirdCore
public import Ingest
public import Logging
public import Monitor
internal import NIOCore
internal import NIOPosix
public import Settings

/// Answers for a monitor over HTTP: on its socket, and on a TCP address where one is configured.
///
/// Threads of its own wait for connections, and others answer what takes long; the monitor's sources wait for it only while a
/// question looks at the table.
public final class MonitorServer: Sendable {
    /// Event loops: connections are many, and idle.
    private static let loopCount = 2
    /// Questions for sessions that are answered at the same time.
    private static let workerCount = 2
    /// Questions of a kind that are under way or wait.
    private static let greatestQueue = 32
    /// Bytes of great answers, made or on their way, at the same time.
    private static let answerRoom = 256 << 20
    /// Connections that the kernel keeps until they are taken.
    private static let backlog = 1024
    /// Descriptors that are not connections': sources, the table's dumps, the doctor's tools.
    private static let ownFiles = 64
    /// How long streams may take to end in order.
    private static let farewell = TimeAmount.milliseconds(400)

    private struct State {
        var listeners: [Listener] = []
        var isStopped = false
    }

    private let settings: MonitorSettings
    private let logger: Logger
    private let version: String
    /// Connections at the same time.
    private let greatestCount: Int
    private let group: MultiThreadedEventLoopGroup
    private let probes: [LoopProbe]
    /// Where questions for sessions are answered, those about the monitor, and those for the doctor.
    private let (work, quick, examination): (WorkDesk, WorkDesk, WorkDesk)
    private let connections: ConnectionDesk
    private let streams: StreamDesk
    private let handler: RequestHandler
    private let state = Lock(State())
    private let file: SocketFile

    /// - Throws: where the socket's path cannot be one.
    public init(monitor: any MonitorService, settings: MonitorSettings, logger: Logger) throws(IngestError) {
        self.settings = settings
        self.logger = logger
        file = try SocketFile(path: settings.socket.path, mode: settings.socket.mode, group: settings.socket.group)
        group = MultiThreadedEventLoopGroup(numberOfThreads: Self.loopCount)
        probes = group.makeIterator().enumerated().map {
            LoopProbe($1, name: "event loop \($0 + 1) of the server")
        }
        work = WorkDesk(threadCount: Self.workerCount, limit: Self.greatestQueue)
        quick = WorkDesk(threadCount: 1, limit: Self.greatestQueue)
        examination = WorkDesk(threadCount: 1, limit: 1)
        // One that could not be taken for want of descriptors would keep all others out.
        greatestCount = min(settings.limits.connections, max(1, OpenFiles.raiseLimit() - Self.ownFiles))
        connections = ConnectionDesk(limit: greatestCount)
        version = monitor.status.version
        streams = StreamDesk(limit: settings.limits.eventReaders)
        handler = RequestHandler(
            monitor: monitor, version: version, work: work, quick: quick,
            doctor: DoctorDesk(monitor, at: examination), streams: streams,
            room: AnswerRoom(limit: Self.answerRoom), heartbeat: settings.events.heartbeat)
    }

    /// Begins to answer; waits until it does.
    ///
    /// - Throws: where it cannot listen, with what cures it. Nothing is left behind then.
    public func start() throws(IngestError) {
        for desk in [work, quick, examination] { desk.start() }
        do throws(IngestError) {
            for warning in file.warnings + warnings { logger.warning("\(warning)") }
            try file.prepare()
            try listen(on: .unixDomainSocket(path: settings.socket.path), named: settings.socket.path, isTCP: false)
            try file.open()
            if let text = settings.socket.listen {
                guard let address = ListenAddress(parsing: text) else {
                    throw IngestError(
                        .data, "listen on \(text)", reason: "it is no address with a port",
                        cure: "give one such as 127.0.0.1:9465 or [::1]:9465")
                }
                try listen(on: .hostname(address.host, port: address.port), named: text, isTCP: true)
            }
        } catch {
            stop()
            throw error
        }
    }

    /// What must come round, so that somebody answers. Asks each to do so, which shows at the next look.
    public func askLoops() -> [WatchedLoop] {
        for probe in probes { probe.ask() }
        return probes.map(\.watched)
    }

    /// Whether the socket's file is still the one that it has made.
    public var isSocketThere: Bool { file.isThere }

    /// What the operator had better know.
    private var warnings: [String] {
        var warnings: [String] = []
        if greatestCount < settings.limits.connections {
            warnings.append(
                "no more than \(greatestCount == 1 ? "1 connection" : "\(greatestCount) connections") at a time, as the process may open no more files: raise LimitNOFILE, or lower limits.connections"
            )
        }
        if let text = settings.socket.listen, ListenAddress(parsing: text)?.isLoopback == false {
            warnings.append(
                "\(text) can be reached from other hosts, and there is no password: whoever reaches it may ask; let the firewall choose who does"
            )
        }
        return warnings
    }

    /// Stops: no more connections, streams end in order, and what is left after a moment is closed.
    public func stop() {
        let listeners: [Listener]? = state.withLock { state in
            guard !state.isStopped else { return nil }
            state.isStopped = true
            return state.listeners
        }
        guard let listeners else { return }
        file.giveUp()
        streams.close()
        let connections = connections
        let timer = group.next().scheduleTask(in: Self.farewell) { connections.closeAll() }
        // All at once: one that waits for its streams must not keep the others open.
        for end in listeners.map({ $0.stop() }) { end() }
        timer.cancel()
        connections.closeAll()
        file.release()
        shutDown()
    }

    private func listen(on address: BindAddress, named name: String, isTCP: Bool) throws(IngestError) {
        // What the library says of itself is said here already.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .error)
        let handler = handler
        let setup = HTTP1Channel(
            responder: { request, writer, channel in
                try await handler.respond(to: request, writer, on: channel, isOverTCP: isTCP)
            }, configuration: channelConfiguration)
        let listener = try Listener(
            setup, ServerConfiguration(address: address, backlog: Self.backlog), named: name, isTCP: isTCP,
            on: group, logger: quiet)
        state.withLock { $0.listeners.append(listener) }
        logger.info("listening on \(name)")
    }

    private var channelConfiguration: HTTP1Channel.Configuration {
        let limits = settings.limits
        let idle = TimeAmount.nanoseconds(Int64(clamping: limits.idle))
        let patience = ConnectionHandler.Patience(
            answer: idle, stream: .nanoseconds(Int64(clamping: limits.stall)))
        let (connections, version) = (connections, version)
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                ConnectionHandler(connections, patience: patience, headerSize: limits.headerSize, version: version)
            ], idleTimeout: idle,
            httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
                maxHeaderFieldSize: limits.headerSize, maxHeaderListSize: limits.headerSize, maxHeaderFieldCount: 100))
    }

    /// Threads end by themselves: one may be in the middle of an examination, for which nobody waits any more.
    private func shutDown() {
        Task { [group, work, quick, examination] in
            try? await group.shutdownGracefully()
            for desk in [work, quick, examination] { await desk.stop() }
        }
    }
}
