import ArgumentParser
import FlowModel
import Ingest
import Screen

/// `nfmon sessions --watch`: the terminal, the screen that is drawn on it, and who answers.
///
/// One thread takes keys and draws; another asks. So a key is heard at once, however long an answer takes.
struct SessionScreen {
    /// Nanoseconds after which a lone escape is no beginning of a key.
    private static let escapeTime: UInt64 = 50_000_000

    private let terminal: Terminal
    private let capabilities: ScreenCapabilities
    private let stop: Signal
    private let errand: Errand<ScreenInquiry, ScreenReply>
    private let resolver: NameResolver
    private var state: ScreenState
    private var painter: ScreenPainter
    private var keys = KeyReader()
    private let interval: UInt64
    /// When to ask next, by the monotonic clock.
    private var nextInquiry: UInt64 = 0

    /// Whether the terminal can be a screen at all; asked before anything else is opened.
    static func capabilities() throws(IngestError) -> ScreenCapabilities {
        do throws(ScreenFault) { return try ScreenCapabilities(environment: OwnProcess.environment) } catch {
            throw IngestError(
                .unavailable, "draw a screen", reason: error.sentence,
                cure: "set TERM to what the terminal is, such as TERM=xterm, or leave out --watch")
        }
    }

    /// - Parameter stop: up when nfmon shall end.
    init(
        _ setup: ScreenState.Setup, _ capabilities: ScreenCapabilities, feed: some ScreenFeed, unless stop: Signal
    ) throws(IngestError) {
        self.capabilities = capabilities
        self.stop = stop
        interval = setup.interval
        terminal = try Terminal()
        errand = try Errand(name: "nf-screen") { feed.reply(to: $0) }
        resolver = try NameResolver()
        let size = terminal.size
        state = ScreenState(setup, columns: size.columns, rows: size.rows)
        painter = ScreenPainter(capabilities)
    }

    /// Draws until the user has seen enough.
    ///
    /// - Parameters:
    ///   - news: up when there are new figures, so that it is time to ask.
    ///   - failure: why there will be no more; the screen then ends.
    mutating func run(news: Signal?, failure: () -> IngestError?) throws(IngestError) {
        defer {
            terminal.close()
            errand.stop()
            resolver.stop()
        }
        ask()
        while !stop.isRaised, failure() == nil {
            guard try draw() else { return }
            let now = ReceiveTime.now.monotonic
            let rest = nextInquiry > now ? nextInquiry - now : 0
            let timeout = keys.isWaiting ? min(rest, Self.escapeTime) : rest
            let signals = [stop, errand.news, resolver.news] + [news].compactMap(\.self)
            let hasInput = terminal.wait(for: signals, timeout: state.isPaused && !keys.isWaiting ? nil : timeout)
            guard try takeTerminalNews(), try takeKeys(hasInput) else { return }
            if let news, news.isRaised {
                news.lower()
                nextInquiry = 0
            }
            if let reply = errand.take() { state.take(reply, at: ReceiveTime.now.monotonic) }
            state.note(time: ReceiveTime.now.monotonic)
            resolver.news.lower()
            if !state.isPaused, ReceiveTime.now.monotonic >= nextInquiry { ask() }
        }
    }

    private mutating func ask() {
        errand.ask(state.inquiry)
        nextInquiry = ReceiveTime.now.monotonic &+ interval
    }

    /// - Returns: whether there is still a terminal.
    private mutating func draw() throws(IngestError) -> Bool {
        if state.resolvesNames { state.names = resolver.names(of: state.shownAddresses) }
        var bytes: [UInt8] = []
        painter.paint(state.frame(capabilities), columns: state.columns, into: &bytes)
        return bytes.isEmpty ? true : try terminal.write(&bytes, unless: stop)
    }

    private mutating func takeTerminalNews() throws(IngestError) -> Bool {
        let news = terminal.takeNews()
        if news.contains(.stopIsWanted) { terminal.suspend() }
        if !news.isDisjoint(with: [.stopIsWanted, .continued]) { try takeScreen() }
        if !news.isEmpty { takeSize() }
        return true
    }

    /// Makes the terminal a screen again: nothing may be drawn before, as it would stand among the shell's lines.
    private mutating func takeScreen() throws(IngestError) {
        try terminal.enter()
        painter.forget()
    }

    private mutating func takeSize() {
        let size = terminal.size
        guard size != (state.columns, state.rows) else { return }
        painter.forget()
        if state.resize(columns: size.columns, rows: size.rows), !state.isPaused { ask() }
    }

    /// - Returns: whether to go on.
    private mutating func takeKeys(_ hasInput: Bool) throws(IngestError) -> Bool {
        var pressed: [Key] = []
        if hasInput {
            guard let bytes = terminal.read() else { return false }
            pressed = keys.read(bytes)
        } else if keys.isWaiting {
            pressed = keys.flush()
        }
        for key in pressed {
            switch state.take(key) {
            case .draw: break
            case .redraw: painter.forget()
            case .ask: ask()
            case .suspend:
                terminal.suspend()
                try takeScreen()
            case .quit: return false
            }
        }
        if !state.resolvesNames { resolver.rest() }
        return true
    }
}
