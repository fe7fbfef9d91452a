import FlowModel
import NIOPosix

/// Where questions are answered that take long: a few at a time on threads of their own, and some more that wait.
final class WorkDesk: Sendable {
    private let pool: NIOThreadPool
    private let limit: Int
    private let count = Lock(0)

    /// - Parameters:
    ///   - threadCount: how many are answered at the same time.
    ///   - limit: how many may be under way or wait.
    init(threadCount: Int, limit: Int) {
        pool = NIOThreadPool(numberOfThreads: threadCount)
        self.limit = limit
    }

    func start() { pool.start() }

    /// Takes no more, and ends when what is under way is done.
    func stop() async { try? await pool.shutdownGracefully() }

    /// Does a piece of work when a thread is free.
    ///
    /// - Throws: what the work throws, and a ``Problem`` where too many wait already.
    func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        let isWelcome = count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
        guard isWelcome else { throw Problem.busy("the monitor has as many questions as it takes: ask again") }
        defer { count.withLock { $0 -= 1 } }
        return try await pool.runIfActive(work)
    }
}
