/// A ``NameTable`` as it was at one moment.
public struct Names: Sendable {
    private let names: [Name]
    private let births: [UInt64]
    /// How many names had been given out: of two snapshots of a table with the same count, both have the same names.
    public let givenCount: UInt64

    init(names: [Name], births: [UInt64], givenCount: UInt64) {
        self.names = names
        self.births = births
        self.givenCount = givenCount
    }

    /// How many numbers there are: those below.
    public var count: Int { names.count }

    /// The bytes of a name; empty for ``NameID/none`` and for a number given out after the snapshot.
    public func bytes(of number: NameID) -> [UInt8] {
        Int(number.rawValue) < names.count ? names[Int(number.rawValue)].bytes : []
    }

    /// Whether a number was given to its name after so many had been given out: it may have been another's before.
    public func isNewer(_ number: NameID, than givenCount: UInt64) -> Bool {
        Int(number.rawValue) < births.count && births[Int(number.rawValue)] > givenCount
    }
}
