/// Something that reads the kernel in a thread of its own, from when it was made until it is stopped.
public protocol Source: Sendable {
    /// What the user should know about how it was opened; empty if all is as it should be.
    var warnings: [String] { get }

    /// Ends the thread and waits for it.
    func stop()
}
