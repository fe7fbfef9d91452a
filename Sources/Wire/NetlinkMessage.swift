public import FlowModel

/// A netlink message: the header's fields and the bytes behind it (`struct nlmsghdr`, RFC 3549 section 2.3.2).
public struct NetlinkMessage: ~Escapable {
    public static let headerSize = 16

    public let type: UInt16
    public let flags: UInt16
    public let sequence: UInt32
    /// The port of the process that caused the message; 0 for the kernel's own.
    public let port: UInt32
    public let body: ByteReader
    /// Header and body, as they came.
    public let whole: ByteReader

    @_lifetime(copy bytes)
    @inlinable
    init(_ bytes: ByteReader, header: Header) {
        type = header.type
        flags = header.flags
        sequence = header.sequence
        port = header.port
        body = bytes.slice(from: Self.headerSize)
        whole = bytes
    }

    /// A message of a sequence that ``ControlType/done`` ends.
    @inlinable
    public var isMultipart: Bool { flags & 0x2 != 0 }

    /// The table changed while it was dumped, so that the dump may have holes (`NLM_F_DUMP_INTR`).
    @inlinable
    public var isInterrupted: Bool { flags & 0x10 != 0 }

    /// The control message it is, if it is one.
    @inlinable
    public var control: ControlType? { ControlType(rawValue: type) }

    /// Netlink's own message types, below every family's.
    public enum ControlType: UInt16, Sendable {
        /// Nothing is to be done.
        case noOperation = 1
        /// A refusal, or with code 0 an acknowledgement: see ``NetlinkAnswer``.
        case error = 2
        /// The end of a dump.
        case done = 3
        /// Messages were lost.
        case overrun = 4
    }

    @usableFromInline
    struct Header {
        @usableFromInline var length: Int
        @usableFromInline var type: UInt16
        @usableFromInline var flags: UInt16
        @usableFromInline var sequence: UInt32
        @usableFromInline var port: UInt32

        @inlinable
        init?(_ bytes: ByteReader, at offset: Int) {
            guard let length = bytes.native(UInt32.self, at: offset),
                let type = bytes.native(UInt16.self, at: offset + 4),
                let flags = bytes.native(UInt16.self, at: offset + 6),
                let sequence = bytes.native(UInt32.self, at: offset + 8),
                let port = bytes.native(UInt32.self, at: offset + 12)
            else { return nil }
            self.length = Int(length)
            self.type = type
            self.flags = flags
            self.sequence = sequence
            self.port = port
        }
    }
}

/// The messages of one datagram, in order.
///
/// A length that leads nowhere ends the walk, as the place of the next message is not known then.
public struct NetlinkMessages: ~Escapable {
    private let bytes: ByteReader
    private var offset = 0

    @_lifetime(copy datagram)
    public init(_ datagram: ByteReader) { bytes = datagram }

    /// The next message; `nil` at the end.
    @_lifetime(copy self)
    public mutating func next() throws(WireFault) -> NetlinkMessage? {
        guard offset < bytes.count else { return nil }
        guard let header = NetlinkMessage.Header(bytes, at: offset), header.length >= NetlinkMessage.headerSize,
            header.length <= bytes.count - offset
        else {
            offset = bytes.count
            throw .messageLength
        }
        let start = offset
        offset = min(bytes.count, start + (header.length + 3) & ~3)
        return NetlinkMessage(bytes.slice(from: start, to: start + header.length), header: header)
    }
}

extension NetlinkMessage {
    /// The bytes of an NLMSG_DONE message that says that a dump failed (ETIMEDOUT).
    public static var failedDump: [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendNative(UInt32(headerSize + 4))
        bytes.appendNative(ControlType.done.rawValue)
        bytes.appendNative(2 as UInt16)
        bytes.appendNative(UInt32.max)  // sequence: not 0, which ends NFLOG's batches
        bytes.appendNative(0 as UInt32)
        bytes.appendNative(-110 as Int32)
        return bytes
    }

    /// The bytes of an NLMSG_NOOP message.
    public static var noOperation: [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendNative(UInt32(headerSize))
        bytes.appendNative(ControlType.noOperation.rawValue)
        bytes.appendNative(0 as UInt16)
        bytes.appendNative(0 as UInt64)  // sequence and port
        return bytes
    }
}
