public import Doctor
import FlowModel

/// Writes what the doctor says.
public struct DiagnosisReport: AnswerReport {
    public let format: SessionFormat

    public init(format: SessionFormat) { self.format = format }

    public func append(_ diagnosis: Diagnosis, into buffer: inout [UInt8]) {
        switch format {
        case .table:
            appendLines(diagnosis, aligned: true, into: &buffer)
            appendSummary(of: diagnosis, into: &buffer)
        case .compact: appendLines(diagnosis, aligned: false, into: &buffer)
        case .json: buffer.appendObject(diagnosis)
        case .ndjson: buffer.appendLines(diagnosis)
        case .csv: appendRows(diagnosis, into: &buffer)
        }
    }

    /// Writes what was looked at and what that came to.
    public func appendSummary(of diagnosis: Diagnosis, into buffer: inout [UInt8]) {
        if diagnosis.findings.isEmpty {
            buffer.append(contentsOf: "nothing found".utf8)
        } else {
            buffer.appendCount(UInt64(diagnosis.findings.count), "finding")
        }
        if !diagnosis.unlooked.isEmpty {
            buffer.append(contentsOf: ", but not everything was looked at".utf8)
        }
        let names = diagnosis.facts.map(\.name).joined(separator: ", ")
        if !names.isEmpty { buffer.append(contentsOf: "; looked at \(names)".utf8) }
        buffer.append(UInt8(ascii: "\n"))
        for fact in diagnosis.facts where fact.isNote {
            buffer.append(contentsOf: "note: ".utf8)
            TerminalText.append(Array(fact.sentence.utf8), to: &buffer)
            buffer.append(UInt8(ascii: "\n"))
        }
    }

    /// One line a finding, and one for each thing that could not be looked at.
    private func appendLines(_ diagnosis: Diagnosis, aligned: Bool, into buffer: inout [UInt8]) {
        let width = diagnosis.findings.map(\.name.utf8.count).max() ?? 0
        for finding in diagnosis.findings {
            let start = buffer.count
            buffer.append(contentsOf: finding.name.utf8)
            if aligned {
                buffer.pad(from: start, to: width + TableLayout.gap)
            } else {
                buffer.append(contentsOf: ": ".utf8)
            }
            TerminalText.append(Array("\(finding.sentence): \(finding.cure.text)".utf8), to: &buffer)
            buffer.append(UInt8(ascii: "\n"))
        }
        for part in diagnosis.unlooked {
            let cure = part.cure.isEmpty ? "" : ": \(part.cure)"
            TerminalText.append(Array("could not look at \(part.subject): \(part.reason)\(cure)".utf8), to: &buffer)
            buffer.append(UInt8(ascii: "\n"))
        }
    }

    private func appendRows(_ diagnosis: Diagnosis, into buffer: inout [UInt8]) {
        buffer.appendRows(["kind", "id", "what", "command", "advice"]) { csv in
            func row(_ kind: String, _ name: String?, _ texts: String?...) {
                csv.word(kind)
                csv.word(name)
                for text in texts {
                    if let text, !text.isEmpty { csv.text(Array(text.utf8)) } else { csv.skip() }
                }
                csv.endRow()
            }
            for finding in diagnosis.findings {
                row("finding", finding.name, finding.sentence, finding.command, finding.advice)
            }
            for part in diagnosis.unlooked { row("unlooked", nil, "\(part.subject): \(part.reason)", nil, part.cure) }
            for fact in diagnosis.facts { row("fact", fact.name, fact.sentence, nil, nil) }
        }
    }
}

extension Finding {
    var command: String? { if case .command(let text) = cure { text } else { nil } }

    var advice: String? { if case .advice(let text) = cure { text } else { nil } }
}
