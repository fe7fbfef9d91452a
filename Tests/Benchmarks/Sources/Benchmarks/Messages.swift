import FlowModel
import Wire

/// Netlink messages in one piece of memory, as many as fit the nearest cache, read over and over.
final class Messages {
    /// How many times the messages are read in one repetition.
    static let rounds = 200

    let bytes: [UInt8]
    let ranges: [Range<Int>]
    private let memory: UnsafeMutableRawPointer
    /// Where each message begins, for C.
    let pointers: [UnsafePointer<UInt8>?]

    init(_ messages: [[UInt8]]) {
        bytes = messages.flatMap { $0 }
        var ranges: [Range<Int>] = []
        var offset = 0
        for message in messages {
            ranges.append(offset..<offset + message.count)
            offset += message.count
        }
        self.ranges = ranges
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 16)
        memory.copyMemory(from: bytes, byteCount: bytes.count)
        self.memory = memory
        pointers = ranges.map { UnsafePointer((memory + $0.lowerBound).assumingMemoryBound(to: UInt8.self)) }
    }

    deinit { memory.deallocate() }

    /// Reads all messages ``rounds`` times and returns how many were read.
    func read(_ body: (ByteReader) throws(WireFault) -> Void) -> Int {
        for _ in 0..<Self.rounds {
            for range in ranges { Self.read(bytes, range, body) }
        }
        return ranges.count * Self.rounds
    }

    /// Reads one message as a source does: its datagram, its netlink header, its family's header; `body` gets the rest.
    private static func read(_ bytes: [UInt8], _ range: Range<Int>, _ body: (ByteReader) throws(WireFault) -> Void) {
        do throws(WireFault) {
            var messages = NetlinkMessages(bytes.reader.slice(from: range.lowerBound, to: range.upperBound))
            guard let message = try messages.next(), let netfilter = try NetfilterMessage(message) else {
                preconditionFailure("no netfilter message")
            }
            try body(netfilter.attributes)
        } catch {
            preconditionFailure("a message that cannot be decoded: \(error.keyword)")
        }
    }

    /// Has C read all messages ``rounds`` times.
    func reference(_ parse: (UnsafePointer<UnsafePointer<UInt8>?>, Int) -> Int) -> Int {
        for _ in 0..<Self.rounds {
            let understood = pointers.withUnsafeBufferPointer { pointers in
                pointers.baseAddress.map { parse($0, pointers.count) } ?? 0
            }
            precondition(understood == pointers.count, "the library does not read a message")
        }
        return pointers.count * Self.rounds
    }
}

/// Makes the compiler believe that the value is used.
@inline(never)
func keep<Value>(_ value: borrowing Value) {}
