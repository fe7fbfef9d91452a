import ArgumentParser
import FlowModel
import Ingest
import Query

/// The sessions that a command is about: the words behind its options.
struct FilterArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Only sessions that this filter admits.",
            discussion: """
                Columns: \(SessionFilter.columnNames). Joined by and, or (and binds first), not and parentheses, in the words of tcpdump, nfdump and \
                goQuery: 'dst port 443 and src net 10.0.0.0/8', 'dport in [22 3389] & !(src = 192.0.2.0/24)', \
                'verdict = drop and iif = wan*', 'bytes > 10M or start > -10m'. A column that a session does not have, such as \
                bytes without accounting, passes neither a test nor its opposite. What conntrack alone can tell, the kernel \
                leaves out by itself.
                """,
            valueName: "filter"))
    var words: [String] = []

    @Flag(name: .long, help: "Only check the command line: the exit status is 0 if it can be read, else 64.")
    var check = false

    @Flag(
        name: .long,
        help: "Only say how the filter is read, what of it the kernel leaves out and what nfmon decides itself.")
    var explain = false

    /// Whether nothing is read: what is asked for is the filter itself.
    var isOnlyAskedAbout: Bool { check || explain }

    /// - Parameters:
    ///   - sources: what will be read.
    ///   - word: what stands in front of the words.
    /// - Throws: where the words make no filter, or one that asks for what is not read.
    func check(_ sources: SourceOptions, behind word: String? = nil) throws {
        let filter: SessionFilter
        do throws(FilterError) {
            filter = try SessionFilter(parsing: text(behind: word), names: NameTable())
        } catch {
            throw ValidationError(error.description)
        }
        let capture = sources.capture.isGiven
        if sources.noNFLog, filter.asksForPackets(besideCapture: capture) {
            throw ValidationError(
                "filter: \(capture ? "" : "interfaces, ")rules and verdicts come from NFLOG, which --no-nflog leaves out."
            )
        }
        if sources.noConntrack, filter.asksForConntrack {
            throw ValidationError(
                "filter: zone, mark, state, status and translation come from conntrack, which --no-conntrack leaves out."
            )
        }
    }

    /// The filter, with its names numbered as the sources number theirs. ``check(_:behind:)`` found it good.
    func filter(_ names: NameTable, behind word: String? = nil) -> SessionFilter {
        guard let filter = try? SessionFilter(parsing: text(behind: word), names: names) else {
            preconditionFailure("a filter that was found good")
        }
        return filter
    }

    /// The words as one text.
    func text(behind word: String?) -> String { ([word].compactMap { $0 } + words).joined(separator: " ") }

    /// Writes how the filter is read, if that is asked for.
    ///
    /// - Parameters:
    ///   - kernel: whether the kernel is read, and is told what to leave out.
    ///   - looksOnce: whether its table is dumped once only.
    ///   - more: appends what else there is to explain.
    func explain(
        behind word: String?, _ sources: SourceOptions, asksKernel kernel: Bool, looksOnce: Bool,
        more: (inout FilterExplanation, NameTable) -> Void = { _, _ in }
    ) throws(IngestError) {
        guard explain else { return }
        let names = NameTable()
        let filter = filter(names, behind: word)
        var explanation = FilterExplanation()
        explanation.append(filter, names: names)
        if kernel, !sources.noConntrack {
            let source = filter.sourceFilter(joinsPackets: !sources.noNFLog)
            explanation.append(source, of: filter, remark: Self.remark(on: source, looksOnce), names: names)
        }
        more(&explanation, names)
        var text = Array(explanation.text.utf8)
        _ = try OutputStream().write(&text, unless: nil)
    }

    /// How the kernel is told.
    private static func remark(on filter: SourceFilter, _ looksOnce: Bool) -> String {
        let means = KernelMeans(filter, looksOnce: looksOnce)
        let socket = means.instructionCount.map { "by \($0) instructions on the socket of events" }
        let dump = means.dumpColumns.isEmpty ? nil : "by \(means.dumpColumns.joined(separator: " and ")) in dumps"
        let all = [socket, dump].compactMap(\.self)
        return all.isEmpty ? "by no means, as the kernel takes no program so long" : all.joined(separator: " and ")
    }
}
