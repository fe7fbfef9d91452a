import FlowModel
import Reports
import Sessions
import Testing

@testable import Monitor

struct EventStreamTests {
    @Test
    func aReaderGetsEveryEventFromNowOnInOrder() throws {
        let town = Town()
        town.begin(0..<3)
        town.stream.gather()
        let reader = try town.reader()
        #expect(reader.read().lines.isEmpty, "what was before is not told")
        town.begin(3..<600)
        town.end(3..<4)
        town.stream.gather()
        let lines = reader.readAll()
        #expect(lines.map(\.sequence) == Array(3..<601))
        #expect(lines.dropLast().allSatisfy { $0.action == "session-start" && !$0.isInitial })
        #expect(lines.last?.action == "session-end")
    }

    @Test(arguments: [1, 700, 5000, 1 << 20])
    func howMuchIsReadAtATimeChangesNothing(_ byteLimit: Int) throws {
        let town = Town()
        let reader = try town.reader()
        town.begin(0..<700)
        town.stream.gather()
        #expect(reader.readAll(atMost: byteLimit).map(\.session) == Array(0..<700))
    }

    @Test
    func aReaderStopsAfterAsManyEventsAsItWants() throws {
        let town = Town()
        let reader = try town.reader()
        town.begin(0..<300)
        town.stream.gather()
        let (lines, reading) = reader.read(events: 290)
        #expect(lines.count == 290)
        #expect(reading.eventCount == 290)
        #expect(reading.lastSequence == 289)
        #expect(!reading.isAtEnd)
        #expect(reader.read().lines.map(\.sequence) == Array(290..<300))
    }

    @Test
    func aReaderThatComesBackGoesOnWhereItWas() throws {
        let town = Town()
        town.begin(0..<500)
        town.stream.gather()
        let reader = try town.reader(from: .after(123, epoch: town.stream.epoch))
        #expect(reader.readAll().map(\.sequence) == Array(124..<500))
        let other = try town.reader(from: .after(499))
        #expect(other.read().reading.isAtEnd)
    }

    @Test
    func aNumberOfAnotherStartIsRefused() throws {
        let town = Town()
        town.begin(0..<5)
        town.stream.gather()
        #expect(town.stream.epoch == "0000000000c0ffee")
        #expect(throws: EventPlaceFault.anotherEpoch(current: town.stream.epoch)) {
            try town.reader(from: .after(2, epoch: "00000000deadbeef"))
        }
        #expect(throws: EventPlaceFault.notYetTold(next: 5)) { try town.reader(from: .after(5)) }
    }

    @Test
    func whatIsNoLongerKeptIsToldAsALossWithItsExactCount() throws {
        let town = Town(byteLimit: 1 << 19)
        let reader = try town.reader()
        town.begin(0..<10)
        town.stream.gather()
        #expect(reader.readAll().count == 10)
        for first in stride(from: 10 as UInt32, to: 5010, by: 500) {
            town.begin(first..<first + 500)
            town.stream.gather()
        }
        let status = town.stream.status
        #expect(status.byteCount <= status.byteLimit)
        #expect(status.oldestSequence > 10)
        let lines = reader.readAll()
        let lost = status.oldestSequence - 10
        #expect(lines.first?.action == "loss")
        #expect(lines.first?.loser == "output")
        #expect(lines.first?.lost == lost)
        #expect(lines.first?.sequence == status.oldestSequence - 1, "whoever resumes behind it misses nothing")
        #expect(lines.dropFirst().map(\.sequence) == Array(status.oldestSequence..<5010))
        #expect(town.stream.status.lostByReaders == lost)
    }

    @Test
    func aReaderThatComesBackTooLateIsToldHowMuchItMissed() throws {
        let town = Town(byteLimit: 1 << 19)
        for first in stride(from: 0 as UInt32, to: 5000, by: 500) {
            town.begin(first..<first + 500)
            town.stream.gather()
        }
        let oldest = town.stream.status.oldestSequence
        let first = try town.reader(from: .after(99)).read(events: 1).lines.first
        #expect(first?.lost == oldest - 100)
    }

    @Test
    func whatTheStoreCouldNotHandOnIsToldOnceAndNotAsTheReadersLoss() throws {
        let town = Town(queueLimit: 100)
        let reader = try town.reader()
        town.begin(0..<150)
        town.begin(150..<151)
        town.stream.gather()
        town.wait()
        town.stream.gather()
        let lines = reader.readAll()
        #expect(lines.compactMap(\.lost).reduce(0, +) == UInt64(151 - (lines.count - 1)))
        #expect(town.stream.status.lostByReaders == 0)
    }

    @Test
    func aFilteredReaderGetsWhatItsFilterAdmitsAndEveryLoss() throws {
        let town = Town()
        let own = try town.reader(from: .now, "dst port 443")
        let shared = try town.reader(from: .now, "dst port 443")
        let all = try town.reader()
        town.begin(0..<400)
        _ = town.store.take(
            [.loss(Loss(lane: .conntrack, cause: .overrun, count: 7))],
            at: .init(wall: Town.epoch, monotonic: 2_000_000_000))
        town.stream.gather()
        let lines = own.readAll()
        #expect(lines.compactMap(\.session) == Array(stride(from: 0, to: 400, by: 2)))
        #expect(lines.compactMap(\.lost) == [7])
        #expect(all.readAll().count == 401)
        #expect(shared.readAll() == lines, "copied from the lines that the unfiltered reader has had written")
    }

    @Test
    func aReadingWithoutAnythingForTheReaderStillMovesItsPlace() throws {
        let town = Town()
        let reader = try town.reader(from: .now, "dst port 9")
        town.begin(0..<100)
        town.stream.gather()
        let (lines, reading) = reader.read()
        #expect(lines.isEmpty)
        #expect(reading.isAtEnd)
        #expect(reading.lastSequence == 99)
    }

    @Test
    func theTextOfAChunkIsKeptWithinTheLimit() throws {
        let town = Town(byteLimit: 1 << 20)
        let readers = try (0..<4).map { _ in try town.reader() }
        for first in stride(from: 0 as UInt32, to: 5000, by: 250) {
            town.begin(first..<first + 250)
            town.stream.gather()
            for reader in readers { #expect(reader.readAll().count == 250) }
            #expect(town.stream.status.byteCount <= town.stream.status.byteLimit)
        }
    }

    @Test
    func everyFormatBeginsAndEndsAsItShould() throws {
        let town = Town()
        let json = try town.reader(format: .json)
        let csv = try town.reader(format: .csv)
        let compact = try town.reader(format: .compact)
        let nothing = try town.reader(format: .json)
        town.begin(0..<2)
        town.stream.gather()
        func text(_ reader: EventReader, reads: Bool = true) -> String {
            var text: [UInt8] = []
            if reads { _ = reader.read(atMost: .max, into: &text) }
            reader.finish(into: &text)
            return String(decoding: text, as: UTF8.self)
        }
        let array = text(json)
        #expect(array.hasPrefix("[\n{") && array.hasSuffix("}\n]\n"))
        #expect(text(nothing, reads: false) == "[\n]\n")
        let table = text(csv).split(separator: "\n")
        #expect(table.count == 3)
        #expect(table.first?.hasPrefix("time,") == true)
        #expect(text(compact).split(separator: "\n").suffix(2).allSatisfy { $0.contains("start") })
    }

    @Test
    func aReaderAtTheEndIsWokenOnceByWhatComes() throws {
        let town = Town()
        let wakes = Lock(0)
        let reader = try town.reader { wakes.withLock { $0 += 1 } }
        town.begin(0..<1)
        town.stream.gather()
        #expect(wakes.withLock { $0 } == 0, "it has not asked yet")
        #expect(!reader.read(events: 1).reading.isAtEnd)
        #expect(reader.read().reading.isAtEnd)
        town.begin(1..<2)
        town.stream.gather()
        town.begin(2..<3)
        town.stream.gather()
        #expect(wakes.withLock { $0 } == 1, "it has not come yet")
        #expect(reader.readAll().count == 2)
    }

    @Test
    func theEndOfTheStreamIsToldBehindItsLastEvent() throws {
        let town = Town()
        let wakes = Lock(0)
        let reader = try town.reader { wakes.withLock { $0 += 1 } }
        #expect(reader.read().reading.isAtEnd)
        town.begin(0..<1)
        town.stream.gather()
        town.stream.end()
        #expect(wakes.withLock { $0 } == 1)
        let (lines, reading) = reader.read()
        #expect(lines.count == 1)
        #expect(reading.isEnded)
    }

    @Test
    func readersAreCountedUntilTheyLeave() throws {
        let town = Town()
        var readers = try (0..<3).map { _ in try town.reader() }
        #expect(town.stream.status.readerCount == 3)
        readers.removeLast()
        #expect(town.stream.status.readerCount == 2)
    }

    /// A ring's bytes are what it takes: a chunk of one event must not keep the room of the thousand that came together before.
    @Test
    func aChunkTakesNoMoreMemoryThanItsEvents() {
        var events: [SessionEvent] = []
        events.reserveCapacity(1024)
        events.append(SessionEvent(time: Town.epoch, kind: .resyncBegan(.initial)))
        let chunk = EventChunk(events[...], firstSequence: 0, interfaces: [:])
        #expect(chunk.events.capacity < 8)
    }
}
