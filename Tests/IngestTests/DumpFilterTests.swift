import FlowModel
import Testing

@testable import Ingest

/// What of a filter the kernel is told for a dump.
struct DumpFilterTests {
    private typealias Tree = BooleanTree<SourceTest>

    private func filter(_ tree: BooleanTree<SourceTest>, isOnly: Bool = true) -> DumpFilter {
        DumpFilter(SourceFilter(tree), isOnly: isOnly)
    }

    private func test(_ subject: SourceTest.Subject, isNegated: Bool = false) -> BooleanTree<SourceTest> {
        .test(SourceTest(subject, isNegated: isNegated))
    }

    private func prefix(_ address: UInt32) throws -> IPPrefix {
        try #require(IPPrefix(IPAddress(ipv4: address), family: .ipv4, length: 8))
    }

    @Test func whatEveryAnswerHasIsAskedFor() throws {
        let all = Tree.all([
            test(.family(.ipv6)), test(.zone(7...7)), test(.mark(value: 5, mask: 0xf)), test(.status(.assured)),
            test(.transport(6...6)),
        ])
        let asked = filter(all)
        #expect(asked.family == .ipv6)
        #expect(asked.zone == 7)
        #expect(asked.mark == DumpFilter.Mark(value: 5, mask: 0xf))
        #expect(asked.status == .assured)
        #expect(try filter(test(.address(.originalSource, prefix(0x0a00_0000)))).family == .ipv4)
    }

    @Test func whatOnlySomeAnswersHaveIsNot() throws {
        #expect(filter(.any([test(.zone(7...7)), test(.mark(value: 5, mask: .max))])) == .none)
        #expect(filter(.any([test(.zone(7...7)), test(.zone(8...8))])) == .none)
        #expect(filter(.any([test(.zone(7...7)), test(.zone(7...7))])).zone == 7)
        #expect(filter(test(.zone(7...8))) == .none)
        #expect(filter(test(.zone(7...7), isNegated: true)) == .none)
        #expect(filter(test(.family(.ipv4), isNegated: true)) == .none)
        #expect(try filter(test(.address(.originalSource, prefix(0x0a00_0000)), isNegated: true)) == .none)
        #expect(filter(.always) == .none)
        #expect(filter(.never) == .none)
    }

    @Test func zoneZeroMeansEveryZoneToTheKernel() {
        #expect(filter(test(.zone(0...0))) == .none)
    }

    /// What has another mark in the next dump would be missed there, and taken for ended.
    @Test func whatChangesIsAskedForInASingleDumpOnly() {
        let tree = Tree.all([test(.family(.ipv4)), test(.mark(value: 5, mask: .max)), test(.status(.assured))])
        let asked = filter(tree, isOnly: false)
        #expect(asked.family == .ipv4)
        #expect(asked.mark == nil)
        #expect(asked.status == nil)
    }

    @Test func requestCarriesItsFamilyAndAttributes() {
        let plain = NetlinkRequest.conntrackDump(sequence: 1)
        #expect(plain.count == 20 && plain[16] == 0)
        let request = NetlinkRequest.conntrackDump(
            sequence: 1, filter(.all([test(.family(.ipv6)), test(.mark(value: 5, mask: 0xf))])))
        #expect(request[16] == 10)
        #expect(Array(request[20...]) == [8, 0, 8, 0, 0, 0, 0, 5, 8, 0, 21, 0, 0, 0, 0, 0xf])
        let other = NetlinkRequest.conntrackDump(
            sequence: 1, filter(.all([test(.zone(7...7)), test(.status([.assured, .seenReply]))])))
        #expect(Array(other[20...]) == [6, 0, 18, 0, 0, 7, 0, 0, 8, 0, 3, 0, 0, 0, 0, 6, 8, 0, 26, 0, 0, 0, 0, 6])
    }
}
