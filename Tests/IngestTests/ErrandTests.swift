import FlowModel
import Testing

@testable import Ingest

struct ErrandTests {
    /// Nanoseconds after which a test gives up waiting.
    private static let patience: UInt64 = 10_000_000_000

    @Test func whatIsAskedWhileItWorksTakesThePlaceOfWhatWasAskedBefore() throws {
        let (begun, gate) = (try Signal(), try Signal())
        let done = Lock<[Int]>([])
        let errand = try Errand(name: "test") { (number: Int) -> Int in
            begun.raise()
            Signal.wait(for: [gate], timeout: Self.patience)
            done.withLock { $0.append(number) }
            return number
        }
        errand.ask(1)
        Signal.wait(for: [begun], timeout: Self.patience)
        errand.ask(2)
        errand.ask(3)
        gate.raise()
        var last: Int?
        while last != 3 {
            Signal.wait(for: [errand.news], timeout: Self.patience)
            let result = errand.take()
            try #require(result != nil)
            last = result
        }
        #expect(done.withLock { $0 } == [1, 3])
        errand.stop()
    }

    @Test func namesAreLookedUpBesideWhoWantsThem() throws {
        let resolver = try NameResolver()
        // No name server is asked for what is no address.
        #expect(resolver.names(of: ["no address", "300.1.1.1"]).isEmpty)
        #expect(resolver.names(of: []).isEmpty)
        resolver.rest()
        resolver.stop()
    }
}
