import ArgumentParser
import Client
import FlowModel
import Ingest
import Settings

/// Whether a running monitor is asked, or the kernel is read here.
struct MonitorOption: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Ask the monitor behind this socket. (default: \(SocketSettings.defaultPath), if a monitor answers there)",
            discussion: """
                A monitor knows more than one look: rates, what rules logged before, what was lost. Options that say how to read \
                the kernel are for reading it here; so is --direct.
                """,
            valueName: "path"))
    var socket: String?

    @Flag(name: .long, help: "Read the kernel here, also where a monitor runs.")
    var direct = false

    /// - Parameter own: the options that only reading the kernel or a file here heeds.
    func check(_ own: [IdleOption]) throws {
        guard socket != nil else { return }
        let all = own + [IdleOption("--direct", isGiven: direct)]
        try IdleOption.refuse(all, "--socket asks a monitor, which has its own settings: leave out either.")
    }

    /// The monitor to ask; `nil` where the kernel is read here.
    func client(_ own: [IdleOption]) -> MonitorClient? {
        if let socket { return Self.client(socket) }
        guard !direct, !own.contains(where: \.isGiven), SocketFile.mayExist(SocketSettings.defaultPath) else {
            return nil
        }
        return Self.client(SocketSettings.defaultPath)
    }

    static let defaultPath = SocketSettings.defaultPath

    /// The monitor behind a socket.
    static func client(_ path: String) -> MonitorClient {
        MonitorClient(address: MonitorAddress(path: path, group: SocketFile.group(of: path)))
    }

    /// Whether the kernel may be read here instead after a failure: where nobody was named and nobody is there.
    func mayDoWithout(_ error: ClientError) -> Bool {
        socket == nil && (error.kind == .absent || error.kind == .unattended)
    }
}

extension ClientError {
    /// What a monitor alone can do, and there is none.
    static var noMonitor: ClientError {
        ClientError(
            .absent, "ask the monitor on \(SocketSettings.defaultPath)", reason: "there is no socket",
            cure: "start it (systemctl start nfmon, or nfmon run), or name its socket with --socket")
    }

    /// The numbers of sysexits.h.
    var exitCode: ExitCode {
        switch kind {
        case .absent, .unattended, .foreign, .silent, .busy: ExitCode(69)
        case .denied: ExitCode(77)
        case .broken: ExitCode(74)
        case .refused(let status): status == 400 ? .validationFailure : ExitCode(69)
        }
    }
}
