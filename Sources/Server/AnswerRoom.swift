import FlowModel

/// The memory that great answers, made or on their way, may take together.
///
/// A short answer is always made and sent: who takes a great one slowly must not keep all others from asking. How many short
/// ones there are is bounded by the number of connections.
final class AnswerRoom: Sendable {
    /// Bytes to which an answer is short.
    private static let short = 1 << 20

    private let limit: Int
    private let taken = Lock(0)

    init(limit: Int) { self.limit = limit }

    /// Takes room for an answer that will have about so many bytes; one great answer alone always has it.
    func take(_ byteCount: Int) throws(Problem) {
        let isThere = taken.withLock { taken in
            guard Self.charge(byteCount) == 0 || taken == 0 || taken + byteCount <= limit else { return false }
            taken += Self.charge(byteCount)
            return true
        }
        guard isThere else {
            throw .busy("large answers are on their way to others: ask again, or for fewer sessions with limit")
        }
    }

    /// An answer that is there now has another size than was expected.
    func change(from expected: Int, to byteCount: Int) {
        taken.withLock { $0 += Self.charge(byteCount) - Self.charge(expected) }
    }

    func giveBack(_ byteCount: Int) { change(from: byteCount, to: 0) }

    private static func charge(_ byteCount: Int) -> Int { byteCount <= short ? 0 : byteCount }
}
