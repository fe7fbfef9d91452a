import ArgumentParser
import Reports
import Testing

@testable import nfmon

/// Filters of thousands of words, which the option parser alone would take seconds for.
struct CommandLineWordsTests {
    private static let filter = (0..<1500).map { "src 10.0.\($0 / 256).\($0 % 256)" }.joined(separator: " or ")
    private static let words = filter.split(separator: " ").map(String.init)

    @Test func aFilterOfThousandsOfWordsIsAFewWithTheSameText() throws {
        let gathered = CommandLineWords.gathered(["events", "--no-initial"] + Self.words + ["-o", "csv"])
        #expect(gathered.count < 100)
        let command = try #require(try NFMon.parseAsRoot(gathered) as? EventsCommand)
        #expect(command.filter.text(behind: nil) == Self.filter)
        #expect(command.output == .csv)
        #expect(command.noInitial)
    }

    @Test func optionsKeepTheirValuesWhereverTheyStand() throws {
        let gathered = CommandLineWords.gathered(["record", "-i", "lan0", "file"] + Self.words + ["--snaplen", "96"])
        let command = try #require(try NFMon.parseAsRoot(gathered) as? RecordCommand)
        #expect(command.sources.capture.interfaces == ["lan0"])
        #expect(command.file == "file")
        #expect(command.words.joined(separator: " ") == Self.filter)
        #expect(command.sources.capture.snapLength == 96)
    }

    @Test func whatSomebodyTypesStaysAsItIs() {
        let words = ["sessions", "--top", "5", "-i", "lan0"] + Self.words.prefix(CommandLineWords.apartCount)
        #expect(CommandLineWords.gathered(words) == words)
        #expect(CommandLineWords.gathered([]) == [])
    }

    @Test func savefilesAreNoWordsOfAFilter() {
        for option in ["-r", "--read"] {
            let words = ["compare", option] + (0..<200).map { "\($0).pcap" }
            #expect(CommandLineWords.gathered(words) == words)
        }
    }
}
