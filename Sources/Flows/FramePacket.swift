import FlowModel

/// What a flow counts of a frame: the packet's tuple and sizes, without its bytes.
struct FramePacket {
    /// Of an ICMP error, the tuple of the packet that it speaks of.
    var key: FlowKey
    var time: Timestamp
    /// By which interface it passed, and which way; of an ICMP error, which way the packet went that it speaks of.
    var tap: Tap
    /// The VLAN in which it passed, 0 without a tag; not known of an ICMP error, which passes another way than the packet that it speaks of.
    var vlan: UInt16 = 0
    var marks = Marks()
    /// What all fragments of the packet have in common.
    var fragment: UInt32 = 0
    /// Bytes of the IP packet.
    var byteCount: UInt32 = 0
    /// Bytes that it adds to the packet that it is a part of; of a whole packet, its own.
    var wholeByteCount: UInt32 = 0
    /// Bytes of IP and transport headers.
    var headerByteCount: UInt32 = 0
    /// Packets and bytes on the wire.
    var wire = Counters()

    /// What else it is.
    struct Marks: OptionSet {
        var rawValue: UInt16

        /// The flags of TCP, as they stand in its header.
        static var fin: Marks { Marks(rawValue: 1 << 0) }
        static var syn: Marks { Marks(rawValue: 1 << 1) }
        static var reset: Marks { Marks(rawValue: 1 << 2) }
        static var acknowledgment: Marks { Marks(rawValue: 1 << 4) }
        static var tcpFlags: Marks { Marks(rawValue: 0x3f) }

        static var aggregate: Marks { Marks(rawValue: 1 << 8) }
        /// It is, or may be, an aggregate of whose segments nothing is known.
        static var unsplit: Marks { Marks(rawValue: 1 << 9) }
        static var fragment: Marks { Marks(rawValue: 1 << 10) }
        static var laterFragment: Marks { Marks(rawValue: 1 << 11) }
        static var error: Marks { Marks(rawValue: 1 << 12) }
        /// Its length is not known: what is counted is what there was.
        static var lowerBound: Marks { Marks(rawValue: 1 << 13) }
        /// It ends, or was cut, in front of its ports.
        static var portless: Marks { Marks(rawValue: 1 << 14) }
        /// It is of TCP or UDP.
        static var transport: Marks { Marks(rawValue: 1 << 15) }

        /// Opens a TCP connection.
        var isOpening: Bool { isSuperset(of: .syn) && isDisjoint(with: .acknowledgment) }
        /// Answers to that.
        var isOpeningAnswer: Bool { isSuperset(of: [.syn, .acknowledgment]) }
    }

    init(key: FlowKey, time: Timestamp, tap: Tap) {
        self.key = key
        self.time = time
        self.tap = tap
    }

    static var none: FramePacket {
        FramePacket(
            key: .empty, time: Timestamp(nanoseconds: 0), tap: Tap(interface: 0, direction: .unknown))
    }
}
