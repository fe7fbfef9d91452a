import FlowModel

/// The walks through the table that may be under way at the same time: each remembers the sessions that it has told.
///
/// A walk whose reader has taken nothing for a while loses its place to the next one that wants to begin.
final class WalkSeats: Sendable {
    /// A walk's place, which is free again with the last who holds it.
    final class Seat: Sendable {
        private let seats: WalkSeats
        private let number: UInt64

        fileprivate init(_ seats: WalkSeats, _ number: UInt64) {
            self.seats = seats
            self.number = number
        }

        deinit { seats.leave(number) }

        /// Names what happens when the place is given to another one.
        func whenLost(_ action: @escaping @Sendable () -> Void) { seats.change(number) { $0.whenLost = action } }

        /// The reader takes something.
        func renew() { seats.renew(number) }
    }

    private struct Entry {
        /// When its reader took something, or came, by the monotonic clock.
        var lastTaken: UInt64
        var whenLost: @Sendable () -> Void = {}
    }

    private struct State {
        var entries: [UInt64: Entry] = [:]
        var next: UInt64 = 0
    }

    /// Nanoseconds for which a reader may take nothing while others wait.
    static let patience: UInt64 = 5_000_000_000

    private let limit: Int
    private let clock: @Sendable () -> UInt64
    private let state = Lock(State())

    /// - Parameter clock: the monotonic one.
    init(limit: Int, clock: @escaping @Sendable () -> UInt64) {
        self.limit = limit
        self.clock = clock
    }

    /// A place; `nil` where all are taken by readers who read.
    func take() -> Seat? {
        let now = clock()
        let (number, loser) = state.withLock { state -> (UInt64?, Entry?) in
            var loser: Entry?
            if state.entries.count >= limit {
                guard let idle = state.entries.min(by: { $0.value.lastTaken < $1.value.lastTaken }),
                    now &- min(now, idle.value.lastTaken) >= Self.patience
                else { return (nil, nil) }
                loser = state.entries.removeValue(forKey: idle.key)
            }
            state.next += 1
            state.entries[state.next] = Entry(lastTaken: now)
            return (state.next, loser)
        }
        loser?.whenLost()
        return number.map { Seat(self, $0) }
    }

    private func renew(_ number: UInt64) {
        let now = clock()
        change(number) { $0.lastTaken = now }
    }

    private func change(_ number: UInt64, _ change: (inout Entry) -> Void) {
        state.withLock { state in
            guard var entry = state.entries[number] else { return }
            change(&entry)
            state.entries[number] = entry
        }
    }

    private func leave(_ number: UInt64) { state.withLock { _ = $0.entries.removeValue(forKey: number) } }
}
