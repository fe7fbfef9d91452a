internal import Glibc

/// This process.
public enum OwnProcess {
    /// Its number.
    public static var number: Int32 { getpid() }

    /// What its environment says under a name; `nil` where that is nothing.
    public static func environment(_ name: String) -> String? {
        // SAFETY: the name is a NUL-terminated copy for the call; the answer is copied at once, and nobody changes the environment.
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
