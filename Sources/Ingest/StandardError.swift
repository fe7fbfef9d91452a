internal import Glibc

/// Where nfmon talks: warnings, summaries, errors.
public enum StandardError {
    /// Writes whole lines, waiting as long as it takes. A standard error that takes nothing is no reason to stop.
    public static func write(text: [UInt8]) {
        var rest = text[...]
        while !rest.isEmpty {
            // SAFETY: the bytes are borrowed for the call.
            let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if written < 0, errno == EAGAIN {
                // Somebody has made it one that does not wait.
                var set = PollSet(reading: [], writing: [STDERR_FILENO])
                _ = set.wait(timeout: -1)
            } else if written < 0, errno != EINTR {
                return
            }
            rest = rest.dropFirst(max(0, written))
        }
    }
}

extension StandardError {
    /// Whether what is written goes to systemd's journal, which then takes `<4>` at the beginning of a line for its priority
    /// (systemd.exec(5), JOURNAL_STREAM; sd-daemon(3)).
    public static let isJournal: Bool = {
        let parts = OwnProcess.environment("JOURNAL_STREAM")?.split(separator: ":").map { UInt64($0) }
        var status = stat()
        // SAFETY: the struct is the call's own result.
        guard let parts, parts.count == 2, unsafe fstat(STDERR_FILENO, &status) == 0 else { return false }
        return parts[0] == UInt64(status.st_dev) && parts[1] == UInt64(status.st_ino)
    }()
}
