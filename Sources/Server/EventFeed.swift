import FlowModel
import HTTPTypes
import HummingbirdCore
import Ingest
import Monitor
import NIOCore
import Reports

/// Sends the event stream to one reader, at the pace at which it takes it.
///
/// While the reader does not take, the stream goes on without it: what it misses is counted and told where it goes on.
struct EventFeed {
    /// Bytes that are sent at once; so much is also on its way when a reader is slow.
    private static let pieceSize = 64 << 10
    private static let givenUp =
        "nothing was taken for a while, and another reader is told the sessions that are there instead: ask again"

    private let request: EventRequest
    private let reader: EventReader
    private let desk: StreamDesk
    private let number: UInt64
    private let news: AsyncStream<Void>
    private let wake: StreamDesk.Wake

    init(_ request: EventRequest, of stream: EventStream, at desk: StreamDesk) throws(Problem) {
        let (news, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.request = request
        self.desk = desk
        (self.news, self.wake) = (news, wake)
        // First, as a reader for whom there is no room must not take another one's seat.
        let number = try desk.enter(wake)
        self.number = number
        do throws(EventPlaceFault) {
            reader = try stream.reader(from: request.place, filter: request.filter, format: request.format) {
                wake.yield()
            }
        } catch {
            desk.leave(number)
            throw switch error {
            case .anotherEpoch: .gone(error.description)
            case .notYetTold: .badRequest(error.description)
            case .manyBegin: .busy(error.description)
            }
        }
    }

    var format: EventFormat { request.format }

    /// Ends the reader's place.
    func close() {
        desk.leave(number)
        wake.finish()
    }

    /// Sends until the count is reached, the monitor ends or the connection does.
    ///
    /// - Returns: the fields behind the last event, where there is a reason to end that it does not tell.
    func send(to body: inout some ResponseBodyWriter, over channel: any Channel) async throws -> HTTPFields? {
        let wake = wake
        channel.closeFuture.whenComplete { _ in wake.finish() }
        let clock = request.heartbeat.map { interval in
            let tick = TimeAmount.nanoseconds(Int64(clamping: max(interval / 4, 1)))
            return channel.eventLoop.scheduleRepeatedTask(initialDelay: tick, delay: tick) { _ in wake.yield() }
        }
        defer { clock?.cancel() }
        var text: [UInt8] = []
        var left = request.count
        var lastSequence: UInt64?
        var lastSent = ReceiveTime.now.monotonic
        var news = news.makeAsyncIterator()
        while true {
            let reading = reader.read(atMost: Self.pieceSize, events: left, into: &text)
            left -= reading.eventCount
            lastSequence = reading.lastSequence ?? lastSequence
            let now = ReceiveTime.now
            if text.isEmpty, let heartbeat = request.heartbeat, now.monotonic &- lastSent >= heartbeat {
                Heartbeat(time: now.wall, sequence: lastSequence).append(to: &text)
            }
            let isOver = left == 0 || reading.isEnded || reading.isGivenUp || desk.isClosing
            if isOver { reader.finish(into: &text) }
            if !text.isEmpty {
                try await body.write(ByteBuffer(bytes: text))
                text.removeAll(keepingCapacity: true)
                lastSent = now.monotonic
            }
            if isOver { return reading.isGivenUp ? ResponseText.streamEnd(Self.givenUp) : nil }
            if reading.isAtEnd {
                // The first news may be old: then nothing is read once.
                if await news.next() == nil { return nil }
            } else {
                // A filter that excludes most leaves nothing to wait for: others want the thread, too.
                await Task.yield()
            }
        }
    }
}
