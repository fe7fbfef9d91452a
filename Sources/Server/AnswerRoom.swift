import FlowModel

/// The memory that answers on their way may take together.
final class AnswerRoom: Sendable {
    /// An answer of so many bytes is never refused: who takes a great one slowly must not keep all others from asking.
    private static let short = 1 << 20

    private let limit: Int
    private let taken = Lock(0)

    init(limit: Int) { self.limit = limit }

    /// Takes room for an answer; a short one, and one alone, always have it.
    func take(_ byteCount: Int) throws(Problem) {
        let isThere = taken.withLock { taken in
            guard byteCount <= Self.short || taken == 0 || taken + byteCount <= limit else { return false }
            taken += byteCount
            return true
        }
        guard isThere else {
            throw .busy("large answers are on their way to others: ask again, or for fewer sessions with limit")
        }
    }

    /// Takes room for a short answer, whether it is there or not.
    func takeAnyhow(_ byteCount: Int) { taken.withLock { $0 += byteCount } }

    func giveBack(_ byteCount: Int) { taken.withLock { $0 -= byteCount } }
}
