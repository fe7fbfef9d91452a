internal import Glibc

/// Where nfmon talks: warnings, summaries, errors.
public enum StandardError {
    /// Writes whole lines, waiting as long as it takes. A standard error that takes nothing is no reason to stop.
    public static func write(text: [UInt8]) {
        var rest = text[...]
        while !rest.isEmpty {
            // SAFETY: the bytes are borrowed for the call.
            let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if written < 0, errno != EINTR { return }
            rest = rest.dropFirst(max(0, written))
        }
    }
}
