import FlowModel
import Query

/// A filter, as anybody may type or paste it; what can be read is asked of a session, weakened for the kernel, and explained in a
/// spelling that reads back as the same. A text with a line break is the columns of groups and a filter of groups.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    let time = Timestamp(seconds: 1_767_607_200, nanoseconds: 0)
    let record = SessionRecord(
        id: SessionID(rawValue: 1), original: .empty, reply: .empty, start: time, lastSeen: time)
    let session = Session(record: record, nflog: LogLane())
    let names = NameTable()
    do throws(FilterError) {
        let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if lines.count == 2 {
            let grouping = try Grouping(parsing: lines[0])
            let again = try Grouping(parsing: grouping.text)
            precondition(again == grouping)
            let filter = try GroupFilter(parsing: lines[1], grouping: grouping, names: names)
            var selection = GroupSelection(grouping, seed: (1, 2), now: time)
            selection.consider(session, interfaces: [:])
            let book = NameBook(names: names.snapshot, interfaces: [:])
            for column in grouping.columns.indices {
                let ranking = GroupRanking(selection, by: .column(column), limit: nil, having: filter, names: book)
                precondition(ranking.groupCount + ranking.unjudgedCount <= 1)
            }
            var explanation = FilterExplanation()
            explanation.append(filter, grouping: grouping, names: names)
            return 0
        }
        let filter = try SessionFilter(parsing: text, names: names)
        let isMeant = filter.admits(session, interfaces: [:], now: time)
        precondition(!isMeant || !filter.excludes(session, interfaces: [:], now: time))
        let source = filter.sourceFilter(joinsPackets: count % 2 == 0)
        let entry = ConntrackEntry(original: .empty, reply: .empty)
        _ = source.admits(ConntrackObservation(kind: .new, entry: entry, helper: .none))
        // What is not ASCII is shown as a question mark, which is another name.
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) else { return 0 }
        let canonical = filter.canonicalText(names)
        let again = try SessionFilter(parsing: canonical, names: names)
        precondition(again.admits(session, interfaces: [:], now: time) == isMeant)
        precondition(again.canonicalText(names) == canonical)
    } catch {
        precondition((0...error.text.count).contains(error.offset))
        precondition(error.description.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x0a })
    }
    return 0
}
