import ArgumentParser

/// An option that may have been given where it would change nothing. It is refused then, as whoever gives it counts on it.
struct IdleOption {
    let name: String
    let isGiven: Bool

    init(_ name: String, isGiven: Bool) {
        self.name = name
        self.isGiven = isGiven
    }

    /// - Parameters:
    ///   - options: what would change nothing.
    ///   - reason: why it would not, and what to do.
    static func refuse(_ options: [IdleOption], _ reason: String) throws {
        let names = options.filter(\.isGiven).map(\.name)
        guard !names.isEmpty else { return }
        throw ValidationError("\(names.joined(separator: ", ")): \(reason)")
    }

    /// Refuses what only a reading from the kernel heeds beside `-r`.
    static func refuseBesideSavefile(_ options: [IdleOption]) throws {
        try refuse(
            options, "-r reads a savefile, for which this means nothing: leave it out, or read the kernel without -r.")
    }
}
