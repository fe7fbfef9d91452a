import FlowModel
import Testing

@testable import Wire

struct NetlinkDiagnosisTests {
    /// A socket in conntrack's three groups that asks for reliable delivery, as Linux 6.18 tells of it.
    static let message: [UInt8] = {
        var bytes: [UInt8] = []
        bytes.appendNative(UInt32(64))
        bytes.appendNative(NetlinkDiagnosis.messageType)
        bytes.appendNative(2 as UInt16)
        bytes.appendNative(1 as UInt32)
        bytes.appendNative(0 as UInt32)
        bytes += [16, 3, 12, 7]
        for word: UInt32 in [22698, 0, 0, 1_335_980, 1, 0] { bytes.appendNative(word) }
        bytes.appendNative(12 as UInt16)
        bytes.appendNative(1 as UInt16)
        bytes.appendNative(7 as UInt64)
        bytes.appendNative(8 as UInt16)
        bytes.appendNative(4 as UInt16)
        bytes.appendNative(0xc as UInt32)
        return bytes
    }()

    @Test func aReliableListenerToConntrackIsKnown() throws {
        let socket = try #require(try decode(Self.message))
        #expect((socket.port, socket.inode, socket.groups) == (22698, 1_335_980, 7))
        #expect(socket.listensToConntrack)
        #expect(socket.isReliable == true)
    }

    @Test func withoutItsOptionsItIsUnknownWhetherItIsReliable() throws {
        var bytes = Self.message.dropLast(8)
        bytes[0] = 56
        let socket = try #require(try decode(Array(bytes)))
        #expect(socket.isReliable == nil)
    }

    @Test func aMessageThatEndsTooEarlyIsMalformedAtEveryLength() {
        for length in 17..<56 where length != 44 {
            var bytes = Array(Self.message.prefix(length))
            bytes[0] = UInt8(length)
            let socket = try? decode(bytes)
            #expect(socket?.flags == nil, "\(length)")
        }
    }

    private func decode(_ bytes: [UInt8]) throws -> NetlinkDiagnosis? {
        var messages = NetlinkMessages(bytes.reader)
        guard let message = try messages.next() else { return nil }
        return try NetlinkDiagnosis(message)
    }
}
