public import FlowModel

/// Something that reads the kernel in a thread of its own, from when it was made until it is stopped.
public protocol Source: Sendable {
    /// What the user should know about how it was opened; empty if all is as it should be.
    var warnings: [String] { get }

    /// How often its thread has come round, which it does once a second at least.
    var turns: TurnCounter { get }

    /// Ends the thread and waits for it.
    ///
    /// - Parameter asOutage: the caller tells of all that is missed from now on, and so of what has come and is not read any more.
    ///   Without it the source tells that as a loss.
    func stop(asOutage: Bool)
}

extension Source {
    /// Ends the thread and waits for it. What it could not read any more is told as a loss.
    public func stop() { stop(asOutage: false) }
}
