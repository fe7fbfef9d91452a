import FlowModel

/// Adds up losses so that the stream tells of each lane and cause once a second at most.
struct LossLog {
    /// Nanoseconds between two reports of one lane and cause.
    static let interval: UInt64 = 1_000_000_000

    private struct Account {
        var loss: Loss
        var from: Timestamp
        var to: Timestamp
        /// When the report is due: at once, or an interval after the last one was. Not when somebody came to look, so
        /// that a replay tells the same.
        var dueAt: UInt64 = 0
        var isOpen = false
    }

    private var accounts: [Account] = []

    /// Adds a loss that was noticed at `time`.
    mutating func add(_ loss: Loss, at time: ReceiveTime) {
        let index: Int
        if let known = accounts.firstIndex(where: { $0.loss.lane == loss.lane && $0.loss.cause == loss.cause }) {
            index = known
        } else {
            index = accounts.count
            accounts.append(Account(loss: loss, from: time.wall, to: time.wall))
        }
        if accounts[index].isOpen {
            accounts[index].to = time.wall
            if let count = loss.count, let sum = accounts[index].loss.count {
                accounts[index].loss.count = sum &+ count
            } else {
                accounts[index].loss.count = nil
            }
        } else {
            accounts[index].loss = loss
            accounts[index].from = loss.since ?? time.wall
            accounts[index].to = time.wall
            accounts[index].dueAt = max(accounts[index].dueAt, time.monotonic)
            accounts[index].isOpen = true
        }
    }

    /// The reports that are due at `now`, or all of them; each is handed out once.
    mutating func due(at now: UInt64, all: Bool = false) -> [LossReport] {
        var reports: [LossReport] = []
        for index in accounts.indices where accounts[index].isOpen {
            let account = accounts[index]
            if !all, now < account.dueAt { continue }
            accounts[index].isOpen = false
            accounts[index].dueAt &+= Self.interval
            reports.append(
                LossReport(
                    lane: account.loss.lane, cause: account.loss.cause, count: account.loss.count, from: account.from,
                    to: account.to))
        }
        return reports
    }
}
