import Doctor
import Monitor

/// Examines the host once for all who ask meanwhile: an examination listens for a second.
actor DoctorDesk {
    /// How many may wait for one examination.
    private static let greatestCount = 16

    private let monitor: any MonitorService
    private let work: WorkDesk
    private var running: Task<Diagnosis, any Error>?
    private var waitingCount = 0

    init(_ monitor: any MonitorService, at work: WorkDesk) {
        self.monitor = monitor
        self.work = work
    }

    func diagnose() async throws -> Diagnosis {
        guard waitingCount < Self.greatestCount else {
            throw Problem.busy("many wait for the doctor already: ask again")
        }
        waitingCount += 1
        defer { waitingCount -= 1 }
        if let running { return try await running.value }
        let (monitor, work) = (monitor, work)
        let task = Task { try await work.run { monitor.diagnose() } }
        running = task
        defer { running = nil }
        return try await task.value
    }
}
