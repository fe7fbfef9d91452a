public import Doctor
public import FlowModel
public import Reports

/// What a server asks of a monitor.
///
/// All of it may be called from any thread. What takes long says so: it is not for a thread on which others wait.
public protocol MonitorService: Sendable {
    /// The names that the table knows: a question is parsed with them.
    var names: NameTable { get }

    /// Its events, for as many readers as want them.
    var stream: EventStream { get }

    /// How the monitor is now.
    var status: MonitorStatus { get }

    /// How many sessions there are now.
    var sessionCount: Int { get }

    /// Answers a question about sessions; takes time in proportion to their number.
    func answer(_ question: SessionQuestion) -> SessionAnswer

    /// What metrics tell; takes time in proportion to the number of sessions, some 20 ms for a million.
    var figures: MonitorFigures { get }

    /// What on this host would make answers wrong; takes a second and more.
    func diagnose() -> Diagnosis
}
