import FlowModel

/// The walks through the table that may be under way at the same time: each remembers the sessions that it has told.
final class WalkSeats: Sendable {
    /// A walk's place, which is free again with the last who holds it.
    final class Seat: Sendable {
        private let seats: WalkSeats

        fileprivate init(_ seats: WalkSeats) { self.seats = seats }

        deinit { seats.takenCount.withLock { $0 -= 1 } }
    }

    private let limit: Int
    private let takenCount = Lock(0)

    init(limit: Int) { self.limit = limit }

    /// A place; `nil` where all are taken.
    func take() -> Seat? {
        let isFree = takenCount.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
        return isFree ? Seat(self) : nil
    }
}
