import ArgumentParser

/// An option that a command does not have. The option parser, which takes an option's value for a word of its own then, may speak of that
/// instead.
enum UnknownOption {
    /// What the option parser says of one begins with it. It has no other name for it; a test holds that it still does.
    private static let beginning = "Unknown option"

    /// What is wrong with the first option of a command line that its command does not have; `nil` where it has all of them.
    ///
    /// - Parameter words: without the program's name.
    static func error(of words: [String]) -> (any Error)? {
        guard let command = words.first, !command.hasPrefix("-") else { return nil }
        let others = words.dropFirst().prefix { $0 != "--" }
        for word in others.prefix(CommandLineWords.apartCount) where isOption(word) {
            let name = word.prefix { $0 != "=" }
            do { _ = try NFMon.parseAsRoot([command, String(name)]) } catch {
                if NFMon.message(for: error).hasPrefix(beginning) { return error }
            }
        }
        return nil
    }

    /// Whether a word can be nothing else: `-24h` is a time, `-` a file.
    private static func isOption(_ word: String) -> Bool {
        word.hasPrefix("--") || word.count == 2 && word.first == "-" && word.last?.isLetter == true
    }
}
