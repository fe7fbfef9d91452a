import ArgumentParser
import FlowModel
import Query

/// Groups of sessions: `--by` and `--having`.
struct GroupArgument: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Group sessions by these columns, a line for each group: src,dport.",
            discussion: """
                Of \(Grouping.columnNames), with commas between them. An address may have a length behind it: src/24 groups by \
                IPv4 networks, src/64 by IPv6 ones, src/24/64 by both. Sorted by bytes, or by --sort: \
                \(GroupMeasure.allCases.map(\.name).joined(separator: " ")), or one of the columns.
                """,
            valueName: "columns"))
    var by: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only groups that this filter admits: 'sessions > 10 and src net 10.0.0.0/8'.",
            discussion: """
                In the words of filters, about the columns of --by and sessions, denied, attempts, bytes, packets, sent, received, rate, pps.
                """,
            valueName: "filter"))
    var having: String?

    /// What to group by; `nil` where single sessions are asked for. ``check()`` found it good.
    var grouping: Grouping? { by.flatMap { try? Grouping(parsing: $0) } }

    /// Whether it groups by what only logged packets tell.
    var asksForPackets: Bool { grouping?.asksForPackets() ?? false }

    /// - Parameter sources: what will be read.
    /// - Throws: where the options cannot be read, or ask for what is not read.
    func check(_ sources: SourceOptions) throws {
        guard let by else {
            return try IdleOption.refuse(
                [IdleOption("--having", isGiven: having != nil)],
                "there are no groups without --by: a filter behind the options chooses sessions.")
        }
        do {
            let grouping = try Grouping(parsing: by)
            if let having { _ = try GroupFilter(parsing: having, grouping: grouping, names: NameTable()) }
            let capture = sources.capture.isGiven
            if sources.noNFLog, grouping.asksForPackets(besideCapture: capture) {
                throw ValidationError(
                    "--by: \(capture ? "" : "interfaces, ")rules and verdicts come from NFLOG, which --no-nflog leaves out."
                )
            }
        } catch let error as FilterError {
            throw ValidationError(error.description)
        }
    }

    /// Appends how the options are read.
    func explain(to explanation: inout FilterExplanation, names: NameTable) {
        guard let grouping else { return }
        explanation.append(grouping)
        let filter = having.flatMap { try? GroupFilter(parsing: $0, grouping: grouping, names: names) }
        if let filter {
            explanation.append(filter, grouping: grouping, names: names)
        }
    }
}
