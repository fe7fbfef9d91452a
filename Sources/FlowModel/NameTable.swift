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
/// (helpers), not by packets, so a full table means that something is wrong: ``NameID/overflow`` stands for the rest.
/// Texts are kept as the bytes that came; whoever writes them out escapes them.
public final class NameTable: Sendable {
    private struct State {
        var names: [Name] = [Name(bytes: []), Name(bytes: Array("(other)".utf8))]
        var numbers: [Name: NameID] = [:]
    }

    private let state = Lock(State())

    public init() {}

    /// The number of `bytes`, given out now if they are new. Bytes beyond the 255th are cut.
    ///
    /// - Complexity: O(length) on average; takes a lock and allocates, so readers of many packets keep a ``NameCache``.
    public func number(of bytes: some Sequence<UInt8>) -> NameID {
        let name = Name(bytes: Array(bytes.prefix(255)))
        if name.bytes.isEmpty { return .none }
        return state.withLock { state in
            if let known = state.numbers[name] { return known }
            guard state.names.count <= Int(UInt16.max) else { return .overflow }
            let number = NameID(rawValue: UInt16(state.names.count))
            state.names.append(name)
            state.numbers[name] = number
            return number
        }
    }

    /// The number of `bytes` if one was given out before; what somebody merely asks for takes none.
    public func knownNumber(of bytes: some Sequence<UInt8>) -> NameID? {
        let name = Name(bytes: Array(bytes.prefix(255)))
        return name.bytes.isEmpty ? NameID.none : state.withLock { $0.numbers[name] }
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
    public var snapshot: Names { state.withLock { Names(names: $0.names) } }
}

/// A text of a ``NameTable``: the bytes as the kernel gave them.
public struct Name: Hashable, Sendable {
    public var bytes: [UInt8]

    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// The text; what is not UTF-8 is replaced.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// A ``NameTable`` as it was at one moment.
public struct Names: Sendable {
    private let names: [Name]

    init(names: [Name]) { self.names = names }

    /// How many names there are: their numbers are those below.
    public var count: Int { names.count }

    /// The bytes of a name; empty for ``NameID/none`` and for a number given out after the snapshot.
    public func bytes(of number: NameID) -> [UInt8] {
        Int(number.rawValue) < names.count ? names[Int(number.rawValue)].bytes : []
    }
}
