import FlowModel
import Query

/// A filter, as anybody may type or paste it; what can be read is asked of a session, and weakened for the kernel.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    let time = Timestamp(seconds: 1_767_607_200, nanoseconds: 0)
    let record = SessionRecord(
        id: SessionID(rawValue: 1), original: .empty, reply: .empty, start: time, lastSeen: time)
    do throws(FilterError) {
        let filter = try SessionFilter(parsing: text, names: NameTable())
        _ = filter.admits(Session(record: record, nflog: PacketLane()), interfaces: [:], now: time)
        let source = filter.sourceFilter(joinsPackets: count % 2 == 0)
        let entry = ConntrackEntry(original: .empty, reply: .empty)
        _ = source.admits(ConntrackObservation(kind: .new, entry: entry, helper: .none))
    } catch {
        precondition((0...text.count).contains(error.offset))
        precondition(error.description.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x0a })
    }
    return 0
}
