import ArgumentParser

/// The words of a command line, as the option parser is given them.
enum CommandLineWords {
    /// How many words in a row stay as they are: the command, an option's value, a file's name, and any filter that somebody types.
    static let apartCount = 64

    /// Makes one word of a long row's rest, with a space between each two, which is how commands read a filter's words.
    ///
    /// The option parser takes time that grows with the square of the words' number: ten seconds for a filter of thousands of them.
    ///
    /// - Parameter words: without the program's name.
    static func gathered(_ words: [String]) -> [String] {
        guard words.count > apartCount, !areSavefiles(words) else { return words }
        var gathered: [String] = []
        func end(_ row: ArraySlice<String>) {
            gathered += row.prefix(apartCount)
            let rest = row.dropFirst(apartCount)
            if !rest.isEmpty { gathered.append(rest.joined(separator: " ")) }
        }
        var start = 0
        for place in words.indices where words[place].hasPrefix("-") {
            end(words[start..<place])
            gathered.append(words[place])
            start = place + 1
        }
        end(words[start...])
        return gathered
    }

    /// Whether a row may be of files: only `compare -r` takes several, and a filter in front of them.
    private static func areSavefiles(_ words: [String]) -> Bool {
        words.first == CompareCommand.configuration.commandName
            && words.contains { $0.hasPrefix("-r") || $0.hasPrefix("--read") }
    }
}
