internal import Glibc

/// Where nfmon talks: warnings, summaries, errors.
public enum StandardError {
    /// Writes whole lines. A standard error that takes nothing is no reason to stop.
    public static func write(text: [UInt8]) { _ = writeAll(text[...], to: STDERR_FILENO) }
}
