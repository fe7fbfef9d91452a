import FlowModel
import Wire

/// What the firewall's tools and /proc write: rules and names in it are somebody's.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    let tables =
        NFTRuleset(text, maps: [text]).tables
        + SavedRuleset(text, family: "ip", command: "iptables", isLegacy: true).tables
    _ = FirewallRuleset(tables).logRules
    _ = ConntrackFailures(statistics: text)
    _ = StackCounters(text: text)
    _ = NetlinkTableRow.rows(of: 12, in: text)
    _ = LogGroupRow.rows(in: text)
    return 0
}
