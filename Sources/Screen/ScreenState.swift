public import FlowModel
import Query

/// The screen without a terminal: keys, answers and sizes go in, and a frame can be drawn of it at any time.
///
/// It knows no clock and waits for nothing. What is to be done about a key it says (``ScreenAction``), and what to ask next
/// (``inquiry``).
public struct ScreenState: Sendable {
    /// How the screen begins, and what does not change.
    public struct Setup: Sendable {
        /// Where answers come from, in words.
        public var origin: String
        /// Nanoseconds between two answers.
        public var interval: UInt64
        /// What is read: a filter that asks for another lane is refused.
        public var lanes: Set<Lane>
        /// What is asked at first; its limit is the most rows that are ever shown.
        public var question: ScreenQuestion

        public init(origin: String, interval: UInt64, lanes: Set<Lane>, question: ScreenQuestion) {
            self.origin = origin
            self.interval = interval
            self.lanes = lanes
            self.question = question
        }
    }

    /// The most rows that are asked for, however far somebody scrolls: who wants to see others filters or sorts.
    public static let rowLimit = 1000

    /// What is to be seen.
    enum Page: Hashable, Sendable {
        case list
        case session(id: String)
        case help
    }

    /// A row that is looked at whether or not it is among those that are shown.
    struct Followed: Sendable {
        var row: JSONValue
        var question: ScreenQuestion
        /// Whether the last answer did not have it any more.
        var isGone = false
    }

    let setup: Setup
    public internal(set) var columns: Int
    public internal(set) var rows: Int
    var page = Page.list
    var prompt: ScreenPrompt?
    /// What is said about the last key; the next one takes it away.
    var message: String?
    var question: ScreenQuestion
    var answer: ScreenAnswer?
    /// Why the last inquiry was not answered: what is shown is older.
    var fault: String?
    /// When the last answer came, by the clock that ``take(_:at:)`` is told.
    private var answeredAt: UInt64?
    /// Nanoseconds without an answer, where they are too many: what is shown is older than it looks.
    var silence: UInt64?
    var history = RateHistory()
    var table = ScreenTable()
    var units = Units.binaryBytes
    public internal(set) var resolvesNames = false
    /// What addresses are called, as far as that is known.
    public var names: [String: String] = [:]
    public internal(set) var isPaused = false
    /// The first row of the list that is shown.
    var top = 0
    /// The row that keys are about, and its identity, by which it is found in the next answer.
    var selected: (place: Int, id: String)?
    /// The row that stays where it is.
    var frozenID: String?
    var followed: [String: Followed] = [:]
    /// The first line of a page of text that is shown.
    var pageTop = 0

    public init(_ setup: Setup, columns: Int, rows: Int) {
        self.setup = setup
        question = setup.question
        self.columns = columns
        self.rows = rows
    }

    /// The terminal has another size.
    ///
    /// - Returns: whether that shows rows that were not asked for.
    public mutating func resize(columns: Int, rows: Int) -> Bool {
        let isTaller = rows > self.rows
        (self.columns, self.rows) = (columns, rows)
        table.forgetWidths()
        keepSelectionVisible()
        return isTaller
    }

    /// What to ask now: no more rows than are shown.
    public var inquiry: ScreenInquiry {
        var question = question
        question.limit = min(top + max(listHeight, 1), greatestLimit)
        return ScreenInquiry(question: question, followed: followed.mapValues(\.question))
    }

    var greatestLimit: Int { min(setup.question.limit, Self.rowLimit) }

    var sortKey: String { question.sort ?? "rate" }

    var frozen: Followed? { frozenID.flatMap { followed[$0] } }

    // MARK: Answers

    /// Takes an answer; one to what is no longer asked changes nothing.
    ///
    /// - Parameter time: nanoseconds of a clock that only goes forwards.
    public mutating func take(_ reply: ScreenReply, at time: UInt64) {
        guard !isPaused, asksTheSame(reply.inquiry.question) else { return }
        do throws(ScreenFault) {
            let document = try reply.document.get()
            let answer: ScreenAnswer
            do throws(JSONFault) { answer = try ScreenAnswer(document: document) } catch {
                throw ScreenFault("the answer cannot be read (\(error)): is the monitor of another version?")
            }
            fault = nil
            (answeredAt, silence) = (time, nil)
            self.answer = answer
            history.add(answer.summary.byteRate, at: time)
            takeFollowed(reply)
            findSelection(in: answer)
        } catch {
            fault = error.sentence
        }
    }

    /// Nanoseconds for which an answer may be late, however short the interval.
    private static let leastPatience: UInt64 = 2_000_000_000

    /// Notes what time it is: whoever is asked may hang.
    public mutating func note(time: UInt64) {
        guard let answeredAt, !isPaused else { return silence = nil }
        let past = time > answeredAt ? time - answeredAt : 0
        silence = past > max(2 * setup.interval, Self.leastPatience) ? past : nil
    }

    private func asksTheSame(_ other: ScreenQuestion) -> Bool {
        var other = other
        other.limit = question.limit
        return other == question
    }

    private mutating func takeFollowed(_ reply: ScreenReply) {
        for (id, document) in reply.followed {
            guard followed[id] != nil, let answer = try? ScreenAnswer(document: document) else { continue }
            let row = answer.rows.first { answer.id(of: $0) == id }
            if let row { followed[id]?.row = row }
            followed[id]?.isGone = row == nil
        }
    }

    /// The selection stays with its row as long as that is in sight, else with its place: the list does not scroll by itself.
    private mutating func findSelection(in answer: ScreenAnswer) {
        if let selected {
            let seen = answer.rows.indices.dropFirst(top).prefix(listHeight)
            select(seen.first { answer.id(of: answer.rows[$0]) == selected.id } ?? selected.place)
        }
        top = max(0, min(top, answer.rows.count - listHeight))
    }

    // MARK: The selection

    /// Selects the row at a place, or the last one before it.
    mutating func select(_ place: Int) {
        guard let answer, !answer.rows.isEmpty else { return selected = nil }
        let place = max(0, min(place, answer.rows.count - 1))
        selected = (place, answer.id(of: answer.rows[place]))
        keepSelectionVisible()
    }

    mutating func keepSelectionVisible() {
        guard let selected else { return }
        top = min(top, selected.place)
        top = max(top, selected.place - max(listHeight, 1) + 1)
    }

    var selectedRow: JSONValue? {
        guard let selected, let answer, selected.place < answer.rows.count else { return nil }
        return answer.rows[selected.place]
    }

    // MARK: Names

    /// The addresses of the rows that are shown, for who resolves names.
    public var shownAddresses: [String] {
        guard let answer else { return [] }
        let rows = answer.rows.dropFirst(top).prefix(max(listHeight, 0)) + followed.values.map(\.row)
        if answer.groupColumns.isEmpty {
            return rows.flatMap { row in
                ["source", "destination"].compactMap { SessionRow(value: row).end($0)?.address }
            }
        }
        let columns = answer.groupColumns.filter { ["src", "dst", "natsrc", "natdst"].contains($0) }
        return rows.flatMap { row in columns.compactMap { GroupRow(value: row).common($0) } }
    }
}
