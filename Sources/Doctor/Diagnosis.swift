public import FlowModel

/// What the doctor says: the findings, what could not be looked at, and what was.
public struct Diagnosis: Sendable {
    public var findings: [Finding] = []
    public var unlooked: [Unlooked] = []
    /// What was looked at and how that is, finding or not.
    public var facts: [Fact] = []

    /// A part of the host, and how it is: `table`, `412 of 262,144 entries`.
    public struct Fact: Sendable, Equatable {
        public var name: String
        public var sentence: String
        /// Whether it makes answers less, although nobody can mend it here.
        public var isNote: Bool

        public init(_ name: String, _ sentence: String, isNote: Bool = false) {
            self.name = name
            self.sentence = sentence
            self.isNote = isNote
        }
    }

    public init() {}

    /// Whether everything was looked at and nothing found.
    public var isSound: Bool { findings.isEmpty && unlooked.isEmpty }
}
