/// Something about this host that makes nfmon's answers less than they could be.
public struct Finding: Sendable, Equatable {
    /// What it is called for programs: `accounting-off`. The names are a contract.
    public var name: String
    /// One sentence: what is wrong, and what that does to the answers.
    public var sentence: String
    public var cure: Cure

    public init(_ name: String, _ sentence: String, _ cure: Cure) {
        self.name = name
        self.sentence = sentence
        self.cure = cure
    }
}

/// What mends a finding.
public enum Cure: Sendable, Equatable {
    /// A command for the shell, which can be run as it stands.
    case command(String)
    /// What to do where no single command does it.
    case advice(String)

    public var text: String {
        switch self {
        case .command(let text), .advice(let text): text
        }
    }
}
