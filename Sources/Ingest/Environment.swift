internal import Glibc

/// The variables with which nfmon was started.
public enum Environment {
    /// A variable; `nil` where it is not set.
    public static func value(of name: String) -> String? {
        // SAFETY: nobody in nfmon sets a variable, so the text stays while it is copied.
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
