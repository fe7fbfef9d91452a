public import FlowModel
internal import NIOCore

/// Why a monitor did not answer.
public typealias ClientError = OperationError<ClientErrorKind>

public enum ClientErrorKind: Equatable, Sendable {
    /// There is no socket.
    case absent
    /// There is one, and nobody behind it.
    case unattended
    /// The socket is there, and not for this user.
    case denied
    /// Somebody answers who is no monitor.
    case foreign
    /// It takes the question and says nothing.
    case silent
    /// It went away in the middle of an answer, or did not answer whole in time.
    case broken
    /// It answered that it does not answer this.
    case refused(status: Int)
    /// It answered that it has too much to do, and after how many nanoseconds to ask again.
    case busy(pause: UInt64)
}

extension ClientError {
    /// Why nobody could be reached at an address.
    init(connecting address: MonitorAddress, _ error: any Error) {
        let operation = "ask the monitor on \(address.path)"
        switch (error as? IOError)?.errnoCode {
        case ErrorNumber.noEntry, ErrorNumber.notDirectory:
            self.init(
                .absent, operation, reason: "there is no socket",
                cure: "start it (systemctl start nfmon, or nfmon run), or name its socket with --socket")
        case ErrorNumber.refused:
            self.init(
                .unattended, operation, reason: "nobody answers on the socket",
                cure: "the monitor has ended without removing it: start it again (systemctl start nfmon, or nfmon run)")
        case ErrorNumber.access, ErrorNumber.notPermitted:
            let group = address.group ?? "nfmon"
            self.init(
                .denied, operation, reason: "permission denied: it answers root and the group \(group)",
                cure: "join the group (usermod -a -G \(group) USER as root, then log in again), or use sudo")
        case ErrorNumber.again:
            self.init(
                .broken, operation, reason: "it does not take the connection",
                cure: "try again; nfmon status as root shows how it is")
        default:
            self.init(.broken, operation, reason: "\(error)")
        }
    }

    /// Nothing came for so many nanoseconds.
    init(silentFor time: UInt64, _ operation: String) {
        self.init(
            .silent, operation, reason: "it has said nothing for \(DurationText.text(nanoseconds: time))",
            cure:
                "look whether it is stopped, or the host overloaded (systemctl status nfmon); then start it again (systemctl restart nfmon), or read the kernel here with --direct"
        )
    }
}
