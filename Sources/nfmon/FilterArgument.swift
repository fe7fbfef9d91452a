import ArgumentParser
import FlowModel
import Query

/// The sessions that a command is about: the words behind its options.
struct FilterArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Only sessions that this filter admits.",
            discussion: """
                Columns: \(SessionFilter.columnNames). Joined by and, or (and binds first), not and parentheses, in the words of tcpdump, nfdump and \
                goQuery: 'dst port 443 and src net 10.0.0.0/8', 'dport in [22 3389] & !(src = 192.0.2.0/24)', \
                'verdict = drop and iif = wan0', 'bytes > 10M or duration > 1h'. A column that a session does not have, such as \
                bytes without accounting, passes neither a test nor its opposite. What conntrack alone can tell, the kernel \
                leaves out by itself.
                """,
            valueName: "filter"))
    var words: [String] = []

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
        if sources.noNFLog, filter.asksForPackets {
            throw ValidationError(
                "filter: interfaces, rules and verdicts come from NFLOG, which --no-nflog leaves out.")
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

    private func text(behind word: String?) -> String { ([word].compactMap { $0 } + words).joined(separator: " ") }
}
