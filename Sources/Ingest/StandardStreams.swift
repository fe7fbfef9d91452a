internal import Glibc

/// The three descriptors that every process should have.
public enum StandardStreams {
    /// Occupies those that are closed, so that no file or socket of nfmon's takes their place, and what is meant for the
    /// terminal lands in it. Writing to a standard output that was closed stays an error.
    public static func occupy() {
        for (number, mode) in [(STDIN_FILENO, O_RDONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY)] {
            guard fcntl(number, F_GETFD) < 0 else { continue }
            // The lowest free number is this one: those below it are open.
            // SAFETY: the path is a constant text.
            _ = unsafe open("/dev/null", mode)
        }
    }
}
