public import FlowModel

/// Commands as text for a shell.
public struct Shell: Sendable {
    /// The network namespace that commands are to run in, as `ip netns` names it; `nil` is the shell's own.
    public var namespace: String?

    public init(namespace: String? = nil) { self.namespace = namespace }

    /// A command for the namespace that was looked at.
    public func command(_ words: [String]) -> String {
        Self.text((namespace.map { ["ip", "netns", "exec", $0] } ?? []) + words)
    }

    /// Sets a sysctl in the namespace that was looked at.
    public func set(_ name: String, _ value: Int) -> String { command(["sysctl", "-w", "\(name)=\(value)"]) }

    /// Sets a sysctl that not every namespace has; from one that does not, no command reaches the host.
    public func set(_ name: String, _ value: Int, _ place: SettingPlace) -> Cure {
        let words = ["sysctl", "-w", "\(name)=\(value)"]
        return switch place {
        case .there: .command(command(words))
        case .here: .command(Self.text(words))
        case .elsewhere: .advice("on the host itself: \(Self.text(words))")
        }
    }

    /// Whether every word can be shown to people as it is: nothing in it that a terminal would not show.
    public static func isPlain(_ words: [String]) -> Bool {
        words.allSatisfy { $0.utf8.allSatisfy { (0x20..<0x7f).contains($0) && $0 != UInt8(ascii: "\\") } }
    }

    /// The words as one line, quoted where the shell would take a word for something else.
    static func text(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

    private static func quoted(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_./:=,@%+".utf8.contains(byte)
            }
        }
        if plain, !word.isEmpty { return word }
        let parts = word.split(separator: "'", omittingEmptySubsequences: false)
        // Without a backslash, which is shown to people as two.
        return "'" + parts.joined(separator: #"'"'"'"#) + "'"
    }
}
