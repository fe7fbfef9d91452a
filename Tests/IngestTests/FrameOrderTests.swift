import FlowModel
import Testing
import Wire

@testable import Ingest

/// Records of several threads in one file.
struct FrameOrderTests {
    private static let origin = FrameOrder.Origin(capture: 0, interface: 3, linkType: .ethernet)

    /// What comes out before a time: each record is its own number.
    private func takeOut(of order: inout FrameOrder, before time: Int64) -> [UInt8] {
        var found: [UInt8] = []
        order.takeOut(before: Timestamp(nanoseconds: time)) { _, _, record in found += record }
        return found
    }

    private func order(_ times: [Int64]) -> FrameOrder {
        var order = FrameOrder()
        for (number, time) in times.enumerated() {
            order.add(at: Timestamp(nanoseconds: time), from: Self.origin) { $0.append(UInt8(number)) }
        }
        return order
    }

    @Test
    func recordsComeOutInTheOrderOfTheirTimes() {
        var order = order([5, 1, 9, 3, 7])
        #expect(takeOut(of: &order, before: .max) == [1, 3, 0, 4, 2])
        #expect(order.isEmpty)
    }

    @Test
    func thoseOfOneTimeStayAsTheyCame() {
        var order = order([5, 5, 1, 5])
        #expect(takeOut(of: &order, before: .max) == [2, 0, 1, 3])
    }

    @Test
    func whatIsNotDueWaitsForWhatComesLater() {
        var order = order([5, 20, 3])
        #expect(takeOut(of: &order, before: 6) == [2, 0])
        order.add(at: Timestamp(nanoseconds: 10), from: Self.origin) { $0.append(9) }
        #expect(takeOut(of: &order, before: 15) == [9])
        #expect(takeOut(of: &order, before: 15).isEmpty)
        #expect(takeOut(of: &order, before: .max) == [1])
    }
}
