/// What the terminal can show.
public struct ScreenCapabilities: Hashable, Sendable {
    public var hasColour: Bool
    /// Whether it reads UTF-8; else what is not ASCII is shown as `?`.
    public var hasUTF8: Bool

    public init(hasColour: Bool, hasUTF8: Bool) {
        self.hasColour = hasColour
        self.hasUTF8 = hasUTF8
    }

    /// What the variables of the environment say of the terminal: `TERM`, `NO_COLOR`, and the locale's.
    ///
    /// - Parameter variable: the value of a variable, `nil` where it is not set.
    /// - Throws: for a terminal on which text cannot be placed.
    public init(environment variable: (String) -> String?) throws(ScreenFault) {
        let terminal = variable("TERM") ?? ""
        guard !["", "dumb", "unknown", "emacs", "network"].contains(terminal) else {
            throw ScreenFault("text cannot be placed on a terminal of the kind \"\(terminal)\"")
        }
        // https://no-color.org: of any value but the empty one.
        let isRefused = variable("NO_COLOR").map { !$0.isEmpty } ?? false
        let isMonochrome =
            terminal.hasPrefix("vt1") || terminal.hasPrefix("vt2") || terminal.hasSuffix("-m")
            || terminal.hasSuffix("-mono")
        hasColour = !isRefused && !isMonochrome
        // The first of them that is set decides (POSIX.1-2017, 8.2).
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(variable).first { !$0.isEmpty } ?? ""
        let charset = locale.split(separator: ".").dropFirst().first?.lowercased() ?? ""
        hasUTF8 = charset.hasPrefix("utf-8") || charset.hasPrefix("utf8")
    }
}
