import FlowModel
import Logging
import Monitor

extension MonitorNews {
    /// How much it matters.
    var level: Logger.Level {
        switch self {
        case .sourceIsUp: .info
        case .sourceIsDown, .warning, .note: .warning
        }
    }

    /// What the log says of it.
    var sentence: String {
        switch self {
        case .sourceIsUp(let name, nil): "reading \(name)"
        case .sourceIsUp(let name, let span?):
            "reading \(name) again, after \(DurationText.text(nanoseconds: span - span % 1_000_000))"
        case .sourceIsDown(let name, let reason): "not reading \(name), until another try succeeds: \(reason)"
        case .warning(_, let text), .note(let text): text
        }
    }
}
