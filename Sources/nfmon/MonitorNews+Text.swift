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
        case .sourceIsUp(let name, let again, let span):
            "reading \(name)\(again ? " again" : "")\(Self.after(span))"
        case .sourceIsDown(let name, let reason): "not reading \(name), until another try succeeds: \(reason)"
        case .warning(_, let text), .note(let text): text
        }
    }

    /// `, after 1s300ms`; nothing where that would be less than a millisecond.
    private static func after(_ span: UInt64?) -> String {
        guard let span, span >= 1_000_000 else { return "" }
        return ", after \(DurationText.text(nanoseconds: span - span % 1_000_000))"
    }
}
