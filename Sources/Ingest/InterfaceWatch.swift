internal import FlowModel
internal import Flows

/// How the interfaces of the threads' network namespace are made of each other: of several threads that want to know, one looks.
final class InterfaceWatch: Sendable {
    private let find: @Sendable () -> InterfaceStack?
    private let last = Lock<ForeignFrames.Look?>(nil)

    /// - Parameter find: looks; `nil` where that fails.
    init(_ find: @escaping @Sendable () -> InterfaceStack? = { HostInterfaces.current?.stack }) { self.find = find }

    /// For one thread.
    func foreignFrames(at time: UInt64) -> ForeignFrames {
        ForeignFrames(at: time) { now, age in self.look(at: now, age) }
    }

    /// Who comes while another one looks waits for what that finds.
    private func look(at now: UInt64, _ age: UInt64) -> ForeignFrames.Look? {
        last.withLock { last in
            if let last, last.time &+ age > now { return last }
            guard let stack = find() else { return nil }
            last = (stack, now)
            return last
        }
    }
}
