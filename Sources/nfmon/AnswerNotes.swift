import Doctor
import Ingest

/// What about this host makes the answer less than it could be, with the command that mends it: what `nfmon doctor` says of
/// conntrack's settings.
enum AnswerNotes {
    static func gather(_ options: SourceOptions) -> [String] {
        guard !options.noConntrack else { return [] }
        return Examination.findings(in: KernelSettings.current, options.shell).map { "\($0.sentence): \($0.cure.text)" }
    }
}
