import ArgumentParser

/// Whether interfaces show what is addressed to others: only of commands that can make something of that.
struct PromiscuousOption: ParsableArguments {
    @Flag(name: .customLong("promiscuous"), help: "With -i: also packets that come by and are addressed to others.")
    var isGiven = false

    /// Has a capture do so.
    ///
    /// - Throws: where it cannot.
    func apply(to capture: inout CaptureOptions) throws {
        capture.isPromiscuous = isGiven
        if isGiven, capture.interfaces.contains("any") {
            throw ValidationError("--promiscuous needs the interfaces by their names: any has no mode to set.")
        }
    }
}
