import ArgumentParser
import Client
import FlowModel
import Ingest
import Reports

/// What nfmon says to its user, on the standard error. Every text passes the terminal's escaping: process names and file
/// names may hold anything.
enum Talk {
    static func say(_ text: String) {
        var line = Array("nfmon: ".utf8)
        TerminalText.append(Array(text.utf8), to: &line)
        StandardError.write(text: line + [UInt8(ascii: "\n")])
    }

    /// Says what the option parser says, line by line.
    static func `repeat`(_ message: String) {
        for line in message.split(separator: "\n", omittingEmptySubsequences: false) {
            var text: [UInt8] = []
            TerminalText.append(Array(line.utf8), to: &text)
            StandardError.write(text: text + [UInt8(ascii: "\n")])
        }
    }

    /// Says what was done, and how complete it is.
    static func say(_ deed: String, _ summary: TableSummary) {
        var line = Array("nfmon: \(deed); ".utf8)
        SummaryText.appendCompleteness(of: summary, since: nil, to: &line)
        StandardError.write(text: line)
    }

    /// Says what a format has no place for: totals, completeness, notes.
    static func say(_ answer: SessionAnswer, _ report: SessionReport) {
        var text: [UInt8] = []
        report.appendSummary(of: answer, into: &text)
        StandardError.write(text: text)
    }

    static func warn(_ text: String) { say("warning: \(text)") }

    /// Says why a monitor does not answer, and what the exit status is; a refused filter is shown over several lines.
    static func fail(_ error: ClientError) -> ExitCode {
        switch error.kind {
        case .refused, .busy: `repeat`("nfmon: \(error.reason)")
        default: say(error.description)
        }
        return error.exitCode
    }

    /// Says what a format of the monitor's answer has no place for.
    static func say(summary lines: [String]) {
        for line in lines {
            var text: [UInt8] = []
            // A backslash there begins an escape: the monitor has put them.
            for (index, piece) in line.split(separator: "\\", omittingEmptySubsequences: false).enumerated() {
                if index > 0 { text.append(UInt8(ascii: "\\")) }
                TerminalText.append(Array(piece.utf8), to: &text)
            }
            StandardError.write(text: text + [UInt8(ascii: "\n")])
        }
    }

    /// Says why the command fails, and what its exit status is.
    ///
    /// - Parameter needs: what of the superuser's power the command takes: all that lacks is named, where the kernel refused it something.
    static func fail(_ error: IngestError, needing needs: CapabilityNeeds = []) -> ExitCode {
        let error = error.curing(needs)
        say(error.description)
        return error.exitCode
    }
}

extension IngestError {
    /// The numbers of sysexits.h.
    var exitCode: ExitCode {
        switch kind {
        case .wording: ExitCode(64)
        case .data: ExitCode(65)
        case .unavailable: ExitCode(69)
        case .inputOutput, .noSuchFile: ExitCode(74)
        case .privilege: ExitCode(77)
        }
    }
}
