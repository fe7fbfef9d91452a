import Synchronization

/// A short text from the kernel (a rule's prefix, a helper, an interface's name), by its number in a ``NameTable``.
public struct NameID: Hashable, Sendable {
    public var rawValue: UInt16

    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// No name: the attribute was absent or empty.
    @inlinable public static var none: NameID { NameID(rawValue: 0) }
    /// What every further name becomes once the table is full.
    @inlinable public static var overflow: NameID { NameID(rawValue: 1) }

    @inlinable
    public var isNone: Bool { rawValue == 0 }
}

/// Numbers the texts that the kernel repeats with every packet, so that records stay of fixed size.
///
/// Holds at most 65,536 names of at most 255 bytes; names are made by the administrator (rules, interfaces) and by the kernel
/// (helpers), not by packets. On a host of containers they come and go for ever: a name that nobody uses any more is forgotten
/// (``endSweep(_:)``), and its number given to another later. A table that is full all the same has ``NameID/overflow`` for the rest.
/// Texts are kept as the bytes that came; whoever writes them out escapes them.
public final class NameTable: Sendable {
    private struct State {
        var names: [Name] = [Name(bytes: []), Name(bytes: Array("(other)".utf8))]
        /// By number: how many names had been given out when it was given to its name.
        var births: [UInt64] = [0, 0]
        var givenCount: UInt64 = 1
        /// By number: the last sweep at which the name was in use, or after which it was asked for.
        var lastUses: [UInt32] = [0, 0]
        var numbers: [Name: NameID] = [:]
        /// Numbers whose names were forgotten; the last one is given out next.
        var free: [NameID] = []
        /// Who holds a name, by number.
        var holds: [NameID: Int] = [:]
        /// Whether a snapshot has the arrays of names and births: they are not changed then, but replaced.
        var isHandedOut = false

        /// Gives a name a number, `nil` where there is none left.
        mutating func place(_ name: Name, limit: Int) -> NameID? {
            guard !free.isEmpty || names.count < limit else { return nil }
            if isHandedOut { (names, births) = (Array(exactly: names[...]), Array(exactly: births[...])) }
            isHandedOut = false
            let number: NameID
            if let free = free.popLast() {
                number = free
                names[Int(free.rawValue)] = name
            } else {
                number = NameID(rawValue: UInt16(truncatingIfNeeded: names.count))
                names.append(name)
                births.append(0)
                lastUses.append(0)
            }
            givenCount &+= 1
            births[Int(number.rawValue)] = givenCount
            numbers[name] = number
            return number
        }
    }

    private let limit: Int
    private let state = Lock(State())
    /// How many sweeps have begun.
    private let sweeps = Atomic<UInt32>(0)
    private let forgettings = Atomic<UInt32>(0)

    /// - Parameter limit: how many names it holds, the two included that mean none and all further ones.
    public init(limit: Int = 65_536) { self.limit = min(max(limit, 2), 65_536) }

    /// The number of `bytes`, given out now if they are new. Bytes beyond the 255th are cut.
    ///
    /// - Complexity: O(length) on average; takes a lock and allocates, so readers of many packets keep a ``NameCache``.
    public func number(of bytes: some Sequence<UInt8>) -> NameID {
        let name = Name(bytes: Array(bytes.prefix(255)))
        if name.bytes.isEmpty { return .none }
        return state.withLock { state in
            let sweep = sweeps.load(ordering: .relaxed)
            if let known = state.numbers[name] {
                state.lastUses[Int(known.rawValue)] = sweep
                return known
            }
            guard let number = state.place(name, limit: limit) else { return .overflow }
            state.lastUses[Int(number.rawValue)] = sweep
            return number
        }
    }

    /// The same of borrowed bytes.
    public func number(of bytes: Span<UInt8>) -> NameID { number(of: [UInt8](copying: bytes)) }

    /// The bytes of a name; `nil` where the number was not given out.
    ///
    /// - Complexity: O(1); takes a lock.
    public func bytes(of number: NameID) -> [UInt8]? {
        state.withLock { Int(number.rawValue) < $0.names.count ? $0.names[Int(number.rawValue)].bytes : nil }
    }

    /// All names so far, for an output to look up in without a lock.
    public var snapshot: Names {
        state.withLock { state in
            state.isHandedOut = true
            return Names(names: state.names, births: state.births, givenCount: state.givenCount)
        }
    }

    // MARK: Forgetting

    /// How many names there are that were not forgotten.
    public var count: Int { state.withLock { $0.names.count - $0.free.count } }

    /// How many sweeps have begun: who remembers a number asks for it again after each, which says that it is in use.
    ///
    /// - Complexity: O(1), a load.
    public var sweepCount: UInt32 { sweeps.load(ordering: .relaxed) }

    /// How many sweeps have forgotten names: who remembers what a name was like looks anew then, as its number may become another's.
    ///
    /// - Complexity: O(1), a load.
    public var forgetCount: UInt32 { forgettings.load(ordering: .relaxed) }

    /// Begins to find out which names are in use; see ``NameSweep`` for who does.
    public func beginSweep() { sweeps.wrappingAdd(1, ordering: .relaxed) }

    /// Forgets the names that were in use neither at this sweep nor at the one before it, and that nobody asked for meanwhile.
    ///
    /// Twice, as what is under way between those who use names is with none of them for a moment.
    ///
    /// - Complexity: O(names).
    public func endSweep(_ used: NameSet) {
        state.withLock { state in
            let sweep = sweeps.load(ordering: .relaxed)
            var forgotten: [NameID] = []
            for index in state.names.indices.dropFirst(2) {
                let number = NameID(rawValue: UInt16(truncatingIfNeeded: index))
                if used.contains(number) || state.holds[number] != nil { state.lastUses[index] = sweep }
                // Another's already, or nobody's: a free number's name is not its own.
                guard sweep &- state.lastUses[index] >= 2, state.numbers[state.names[index]] == number else { continue }
                state.numbers[state.names[index]] = nil
                forgotten.append(number)
            }
            guard !forgotten.isEmpty else { return }
            // Those that are free for longest are given out first.
            state.free.insert(contentsOf: forgotten, at: 0)
            forgettings.wrappingAdd(1, ordering: .relaxed)
        }
    }

    /// The number of `bytes` if they have one, which they keep until it is released as often.
    func hold(_ bytes: some Sequence<UInt8>) -> NameID? {
        let name = Name(bytes: Array(bytes.prefix(255)))
        return state.withLock { state in
            guard let number = state.numbers[name] else { return nil }
            state.holds[number, default: 0] += 1
            return number
        }
    }

    func release(_ number: NameID) {
        state.withLock { state in
            let count = state.holds[number] ?? 0
            state.holds[number] = count > 1 ? count - 1 : nil
        }
    }
}

/// A text of a ``NameTable``: the bytes as the kernel gave them.
public struct Name: Hashable, Sendable {
    public var bytes: [UInt8]

    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// The text; what is not UTF-8 is replaced.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}
