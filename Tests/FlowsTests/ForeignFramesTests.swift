import FlowModel
import Testing

@testable import Flows

struct ForeignFramesTests {
    /// A host whose interfaces change, and how often it was looked at.
    private final class Host: Sendable {
        private let state: Lock<(stack: InterfaceStack?, lookCount: Int)>

        init(_ links: [InterfaceIndex: InterfaceStack.Link]) { state = Lock((InterfaceStack(links), 0)) }

        var lookCount: Int { state.withLock { $0.lookCount } }

        /// - Parameter links: `nil` where the kernel tells nothing.
        func become(_ links: [InterfaceIndex: InterfaceStack.Link]?) {
            state.withLock { $0.stack = links.map { InterfaceStack($0) } }
        }

        fileprivate func look(at time: UInt64) -> ForeignFrames.Look? {
            state.withLock { state in
                state.lookCount += 1
                return state.stack.map { ($0, time) }
            }
        }
    }

    /// A thread that reads frames.
    private final class Reader {
        private static let start: UInt64 = 3_600_000_000_000
        private var frames: ForeignFrames

        init(on host: Host) { frames = ForeignFrames(at: Self.start) { now, _ in host.look(at: now) } }

        /// - Parameter time: nanoseconds since the beginning.
        func advance(to time: UInt64) { frames.advance(to: Self.start + time) }

        func leaves(_ address: UInt64, from interface: InterfaceIndex) -> Bool {
            frames.leaves(address, from: interface)
        }
    }

    private let links: [InterfaceIndex: InterfaceStack.Link] = [
        1: .init(.bridge), 2: .init(.other, master: 1), 3: .init(.other), 4: .init(.upper, address: 0x40, lower: 3),
    ]

    @Test func whatABridgeForwardsAndWhatIsForAnInterfaceOnTopIsTakenAndAllElseIsLeft() {
        let reader = Reader(on: Host(links))
        #expect(!reader.leaves(0x99, from: 2))
        #expect(!reader.leaves(0x40, from: 3) && reader.leaves(0x99, from: 3) && reader.leaves(0x40, from: 4))
        #expect(!reader.leaves(0x99, from: 2), "not as of the one before")
    }

    @Test func itIsLookedOnceForThousandsOfFramesAndNeverWhereNoneIsForOthers() {
        let host = Host(links)
        let reader = Reader(on: host)
        reader.advance(to: ForeignFrames.interval * 2)
        #expect(host.lookCount == 0)
        for number in 0..<100_000 { _ = reader.leaves(UInt64(number), from: number % 1000 == 0 ? 2 : 3) }
        #expect(host.lookCount == 1)
    }

    @Test func anInterfaceThatComesIsKnownWithItsFirstFrame() {
        let host = Host(links)
        let reader = Reader(on: host)
        #expect(reader.leaves(0x99, from: 3))
        host.become(links.merging([7: .init(.other, master: 1)]) { $1 })
        reader.advance(to: ForeignFrames.shortInterval)
        #expect(!reader.leaves(0x99, from: 7))
        #expect(host.lookCount == 2)
    }

    @Test func framesOfOneThatIsGoneDoNotMakeItLookingEachTime() {
        let host = Host(links)
        let reader = Reader(on: host)
        for _ in 0..<1000 { #expect(reader.leaves(0x99, from: 99)) }
        reader.advance(to: ForeignFrames.shortInterval)
        for _ in 0..<1000 { #expect(reader.leaves(0x99, from: 99)) }
        #expect(host.lookCount == 2)
    }

    @Test func anInterfaceThatBecomesAPortIsKnownAfterAWhile() {
        let host = Host(links)
        let reader = Reader(on: host)
        #expect(reader.leaves(0x99, from: 3))
        host.become([1: .init(.bridge), 3: .init(.other, master: 1)])
        reader.advance(to: ForeignFrames.interval - 1)
        #expect(reader.leaves(0x99, from: 3))
        reader.advance(to: ForeignFrames.interval)
        #expect(!reader.leaves(0x99, from: 3))
    }

    @Test func whileTheKernelTellsNothingWhatWasKnownHolds() {
        let host = Host(links)
        let reader = Reader(on: host)
        #expect(!reader.leaves(0x40, from: 3))
        host.become(nil)
        reader.advance(to: ForeignFrames.interval)
        for _ in 0..<10 { #expect(!reader.leaves(0x40, from: 3)) }
        #expect(host.lookCount == 2, "and it is not asked for each frame")
    }
}
