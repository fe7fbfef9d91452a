public import FlowModel

/// Finds out now and then which names and interfaces are in use, and has the others forgotten: on a host of containers they come and go
/// for ever.
///
/// Only where there are many. A minute at least lies between two sweeps, as names that are on their way from a source to the
/// table, and from there to an output, are with nobody who is asked; and so much that sweeping takes a hundredth of one processor at
/// most.
public final class NameSweep: Sendable {
    private struct State {
        /// By the monotonic clock.
        var nextTime: UInt64 = 0
    }

    /// Nanoseconds between two sweeps, at least.
    private static let interval: UInt64 = 60_000_000_000
    /// How many times as long as a sweep took nothing is done.
    private static let restFactor: UInt64 = 100

    private let store: SessionStore
    private let names: NameTable
    private let nameMark: Int
    private let interfaceMark: Int
    private let clock: @Sendable () -> UInt64
    private let alsoUsed: @Sendable (inout NameSet) -> Void
    private let state = Lock(State())

    /// - Parameters:
    ///   - nameMark: with more names than this they are swept.
    ///   - interfaceMark: the same, with so many interfaces that went.
    ///   - clock: the monotonic one.
    ///   - alsoUsed: adds the names that others than the store have in use.
    public init(
        of store: SessionStore, _ names: NameTable, nameMark: Int = 4096, interfaceMark: Int = 1024,
        clock: @escaping @Sendable () -> UInt64, alsoUsed: @escaping @Sendable (inout NameSet) -> Void = { _ in }
    ) {
        (self.store, self.names, self.nameMark, self.interfaceMark) = (store, names, nameMark, interfaceMark)
        (self.clock, self.alsoUsed) = (clock, alsoUsed)
    }

    /// Sweeps if it is time and there is reason to.
    ///
    /// - Complexity: O(places that the table ever used + what others have), the table a part at a time, so that sources wait for
    ///   milliseconds only.
    public func sweepIfDue() {
        state.withLock { state in
            let start = clock()
            guard start >= state.nextTime else { return }
            state.nextTime = start &+ Self.interval
            guard names.count > nameMark || store.goneInterfaceCount > interfaceMark else { return }
            names.beginSweep()
            var used = store.use()
            alsoUsed(&used)
            names.endSweep(used)
            let end = clock()
            state.nextTime = max(state.nextTime, end &+ (end &- start) &* Self.restFactor)
        }
    }
}

extension SessionStore {
    fileprivate var goneInterfaceCount: Int { withTable { $0.interfaceNames.goneCount } }

    /// The names that the table refers to, once the interfaces are forgotten to which it does not.
    fileprivate func use() -> NameSet {
        var use = TableUse()
        var position: UInt32? = 0
        while let start = position { position = withTable { $0.noteUse(from: start, in: &use) } }
        sweepInterfaces(&use)
        return use.names
    }
}
