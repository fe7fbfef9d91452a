import Reports

// The parameters of all paths: one that two paths have means the same in both.

enum SessionParameters {
    static let filter = Parameter.text(
        "filter", upTo: FilterParameter.greatestLength,
        "Only sessions that this filter admits, in nfmon's words of filters.")
    static let by = Parameter.text("by", upTo: 256, "Group by these columns, with commas between them.")
    static let having = Parameter.text(
        "having", upTo: FilterParameter.greatestLength, "Only groups that this filter admits; needs by.")
    static let sort = Parameter.text(
        "sort", upTo: 64, "The key to sort by: amounts greatest first, names and numbers in order. Without it, bytes.")
    static let limit = Parameter.number(
        "limit", 0...1_000_000_000, "How many sessions or groups to show at most. Without it, all.")
    static let format = Parameter<SessionFormat>.word("format", usual: .json, "How to write the answer.")
    static let width = Parameter.number(
        "width", SessionReport.leastWidth...10_000,
        "Columns that a line of format table may take up. Without it, as many as it needs.")

    static let all: [any ParameterDescription] = [filter, by, having, sort, limit, format, width]
}

enum EventParameters {
    static let filter = SessionParameters.filter
    static let format = Parameter<EventFormat>.word("format", usual: .ndjson, "How to write events.")
    static let after = Parameter.number(
        "after", 0...Int.max,
        "Begin behind the event with this number. Events that are no longer kept are told as a loss with their count.")
    static let epoch = Parameter.text(
        "epoch", upTo: 64,
        "The stream that the number of after belongs to, as the header field nfmon-epoch tells it: another one is answered with 410."
    )
    static let initial = Parameter.flag(
        "initial", usual: false,
        "Tell the sessions that are there first, as starts that are marked initial; not together with after.")
    static let heartbeat = Parameter.silence(
        "heartbeat",
        "Of format ndjson: the silence after which a line with the action heartbeat is sent, or off. Without it, as the monitor is configured."
    )
    static let count = Parameter.number("count", 1...1_000_000_000_000, "End behind so many events. Without it, never.")

    static let all: [any ParameterDescription] = [filter, format, after, epoch, initial, heartbeat, count]
}

enum StatusParameters {
    static let format = SessionParameters.format

    static let all: [any ParameterDescription] = [format]
}

enum DiagnosisParameters {
    static let format = SessionParameters.format

    static let all: [any ParameterDescription] = [format]
}

enum FilterParameter {
    /// Characters of a filter: a long one has a few hundred, and whoever asks may not make the monitor work for more.
    static let greatestLength = 4096
}
