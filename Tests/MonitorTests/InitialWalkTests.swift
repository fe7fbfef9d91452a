import FlowModel
import Monitor
import Testing

/// A reader that wants the sessions that are there first, while they come and go.
struct InitialWalkTests {
    @Test
    func theSessionsThatAreThereComeFirstAndAreMarked() throws {
        let town = Town()
        town.begin(0..<2000)
        town.end(5..<6)
        town.stream.gather()
        let reader = try town.reader(from: .initial)
        let lines = reader.readAll()
        #expect(Set(lines.compactMap(\.session)) == Set(0..<2000).subtracting([5]))
        #expect(lines.count == 1999)
        #expect(lines.allSatisfy { $0.action == "session-start" && $0.isInitial })
        town.begin(2000..<2001)
        town.stream.gather()
        let (news, reading) = reader.read()
        #expect(news.map(\.sequence) == [2001])
        #expect(news.first?.isInitial == false)
        #expect(reading.lastSequence == 2001)
    }

    @Test
    func onlySomeAreToldTheTableAtATime() throws {
        let town = Town()
        town.begin(0..<2000)
        town.stream.gather()
        var readers = try (0..<8).map { _ in try town.reader(from: .initial) }
        #expect(throws: EventPlaceFault.manyBegin) { _ = try town.reader(from: .initial) }
        _ = try town.reader()
        _ = readers[0].readAll()
        let next = try town.reader(from: .initial)
        #expect(throws: EventPlaceFault.manyBegin) { _ = try town.reader(from: .initial) }
        readers.removeLast()
        #expect(try town.reader(from: .initial).readAll().count == 2000)
        #expect(next.readAll().count == 2000)
    }

    @Test
    func whoTakesNothingForAWhileGivesWayToOneWhoWaits() throws {
        let town = Town()
        town.begin(0..<2000)
        town.stream.gather()
        let readers = try (0..<8).map { _ in try town.reader(from: .initial) }
        for reader in readers { _ = reader.read(atMost: 4096) }
        for _ in 0..<4 { town.wait() }
        #expect(readers[0].read(atMost: 4096).reading.eventCount > 0)
        #expect(throws: EventPlaceFault.manyBegin) { _ = try town.reader(from: .initial) }
        town.wait()
        let next = try town.reader(from: .initial)
        let endings = readers.map { $0.read(atMost: 1) }.filter(\.reading.isGivenUp)
        #expect(endings.count == 1)
        #expect(endings.flatMap(\.lines).map(\.action) == ["loss"], "what it was not told is a loss")
        #expect(!readers[0].read(atMost: 1).reading.isGivenUp, "it has taken something meanwhile")
        #expect(throws: EventPlaceFault.manyBegin) { _ = try town.reader(from: .initial) }
        #expect(next.readAll().count == 2000)
        // Who has been given up stays so, and gets nothing that could be taken for the rest.
        let given = try #require(readers.first { $0.read(atMost: 1).reading.isGivenUp })
        #expect(given.read().lines.isEmpty)
    }

    @Test
    func whoTakesNothingKeepsItsPlaceWhileNobodyWaits() throws {
        let town = Town()
        town.begin(0..<2000)
        town.stream.gather()
        let readers = try (0..<8).map { _ in try town.reader(from: .initial) }
        for _ in 0..<60 { town.wait() }
        for reader in readers { #expect(reader.readAll().count == 2000) }
    }

    @Test
    func anEmptyTableIsNoWait() throws {
        let town = Town()
        let (lines, reading) = try town.reader(from: .initial).read()
        #expect(lines.isEmpty)
        #expect(reading.isAtEnd)
    }

    @Test
    func eventsThatWaitInTheStoreAreNotToldTwice() throws {
        let town = Town()
        town.begin(0..<100)
        let reader = try town.reader(from: .initial)
        #expect(reader.read().reading.isAtEnd, "the stream must come to where the table is")
        town.stream.gather()
        let lines = reader.readAll()
        #expect(lines.compactMap(\.session).sorted() == Array(0..<100))
    }

    @Test
    func onlyWhatTheFilterAdmitsIsTold() throws {
        let town = Town()
        town.begin(0..<1000)
        town.stream.gather()
        let lines = try town.reader(from: .initial, "dst port 53").readAll()
        #expect(Set(lines.compactMap(\.session)) == Set(stride(from: 1, to: 1000, by: 2)))
    }

    @Test
    func theNumberOfEventsIsHeededAlsoWhereABeginningIsToldBeforeAnEnd() throws {
        let town = Town()
        town.begin(0..<1024)
        town.stream.gather()
        let reader = try town.reader(from: .initial)
        var lines = reader.read(events: 512).lines
        town.end(0..<1024)
        town.stream.gather()
        while true {
            let (more, reading) = reader.read(events: 1)
            #expect(more.count <= 1)
            lines += more
            if reading.isAtEnd { break }
        }
        Self.expectOneLifeEach(lines)
        #expect(lines.count == 2048)
    }

    /// Sessions begin, change and end between any two readings, in places that were told already and in places that were not.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func everySessionBeginsOnceAndBeforeAllElseThatIsToldOfIt(_ seed: UInt64) throws {
        let town = Town()
        var random = SeededGenerator(seed: seed)
        var next: UInt32 = 4000
        var living = Set<UInt32>(0..<next)
        town.begin(0..<next)
        town.stream.gather()
        let reader = try town.reader(from: .initial)
        var lines: [Line] = []
        for _ in 0..<400 {
            let (more, _) = reader.read(atMost: Int.random(in: 1...40_000, using: &random))
            lines += more
            let birth = UInt32.random(in: 0...20, using: &random)
            town.begin(next..<next + birth)
            living.formUnion(next..<next + birth)
            next += birth
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                guard let one = living.randomElement(using: &random) else { break }
                if Bool.random(using: &random) {
                    town.change(one..<one + 1, mark: UInt32.random(in: 1...9, using: &random))
                } else {
                    town.end(one..<one + 1)
                    living.remove(one)
                }
            }
            if Bool.random(using: &random) { town.stream.gather() }
        }
        town.stream.gather()
        lines += reader.readAll()
        Self.expectOneLifeEach(lines)
        let ended = Set(lines.filter { $0.action == "session-end" }.compactMap(\.session))
        let begun = Set(lines.filter { $0.action == "session-start" }.compactMap(\.session))
        #expect(begun.subtracting(ended) == living, "what the reader believes to live does live")
        #expect(zip(lines, lines.dropFirst()).allSatisfy { $0.sequence <= $1.sequence })
    }

    private static func expectOneLifeEach(_ lines: [Line]) {
        var lives: [UInt32: String] = [:]
        for line in lines {
            guard let session = line.session else { continue }
            switch (line.action, lives[session]) {
            case ("session-start", nil): lives[session] = "lives"
            case ("session-update", "lives"): break
            case ("session-end", "lives"): lives[session] = "has ended"
            case (let action, let life): Issue.record("\(action) of \(session), which \(life ?? "was never told of")")
            }
        }
    }
}
