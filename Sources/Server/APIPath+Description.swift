import Reports

// What the description of the interface says of each path.

extension APIPath {
    /// A word of its own.
    var identifier: String {
        switch self {
        case .sessions: "sessions"
        case .events: "events"
        case .status: "status"
        case .doctor: "doctor"
        case .openAPI: "description"
        case .metrics: "metrics"
        }
    }

    var sentence: String {
        switch self {
        case .sessions:
            "The sessions that there are now, or groups of them, sorted, with totals and how complete the answer is."
        case .events:
            "The events of sessions as they come, numbered; losses are told in their place. Whoever is too slow loses events, and is told how many."
        case .status:
            "How the monitor is: its sources, what it knows to be missing, its stream, what it costs. The field nfmon-sources says in a word whether all of its sources are up, or one is down."
        case .doctor:
            "What on this host would make the answers wrong, each with the command that mends it; takes a second and more."
        case .openAPI: "This description."
        case .metrics:
            "Figures for Prometheus and others, in the OpenMetrics text format where Accept names it, else in Prometheus's older one."
        }
    }

    /// The media types that an answer can have.
    var contentTypes: [String] {
        switch self {
        case .sessions, .status, .doctor: unique(SessionFormat.allCases.map(\.contentType))
        case .events: unique(EventFormat.allCases.map(\.contentType))
        case .openAPI: [ContentType.json]
        case .metrics: MetricsFormat.allCases.map(\.contentType)
        }
    }

    /// The header fields that an answer has for those who ask.
    var fields: [(name: String, schema: DocumentValue, sentence: String)] {
        let summary: (String, DocumentValue, String) = (
            "nfmon-summary", ["type": "string"],
            "what the format has no place for: totals, how complete the answer is, notes; once for each line"
        )
        return switch self {
        case .sessions, .doctor: [summary]
        case .status:
            [summary, ("nfmon-sources", ["type": "string", "enum": ["up", "down"]], "whether all sources are up")]
        case .events:
            [
                ("nfmon-epoch", ["type": "string"], "the stream's name, to give as epoch with the number of after"),
                (
                    "trailer", ["type": "string"],
                    "nfmon-end, the field behind the last event that says why the stream ends, where the reader did not take it and others waited"
                ),
            ]
        case .openAPI, .metrics: []
        }
    }

    /// The statuses that are no answer.
    var problems: [(status: Int, sentence: String)] {
        let usual = [
            (400, "a parameter that the path does not have, or a value that it does not take"),
            (403, "over TCP: the host that the request names is no address, or a page of another site asks"),
            (413, "the request has a body"),
            (431, "the header fields or the path are too large"),
            (503, "the monitor has as much to do as it takes; ask again"),
        ]
        guard self == .events else { return usual }
        return usual + [(410, "the number of after belongs to another start of the monitor")]
    }

    private func unique(_ types: [String]) -> [String] {
        types.enumerated().filter { types.firstIndex(of: $0.element) == $0.offset }.map(\.element)
    }
}
