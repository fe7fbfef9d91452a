import FlowModel

/// How a NAT helper shifted the TCP sequence numbers of one direction (CTA_SEQ_ADJ_ORIG, _REPLY).
public struct SequenceAdjustment: Sendable {
    /// The sequence number of the last correction.
    public var position: UInt32 = 0
    public var offsetBefore: UInt32 = 0
    public var offsetAfter: UInt32 = 0

    init(_ attributes: ByteReader) throws(WireFault) {
        var cursor = NetlinkAttributes(attributes)
        while try cursor.next() {
            switch cursor.type {
            case 1: position = try cursor.scalar(UInt32.self)
            case 2: offsetBefore = try cursor.scalar(UInt32.self)
            case 3: offsetAfter = try cursor.scalar(UInt32.self)
            default: break
            }
        }
    }
}

/// The SYN proxy's numbers for a connection (CTA_SYNPROXY).
public struct Synproxy: Sendable {
    public var initialSequence: UInt32 = 0
    public var initialTimestamp: UInt32 = 0
    public var timestampOffset: UInt32 = 0

    init(_ attributes: ByteReader) throws(WireFault) {
        var cursor = NetlinkAttributes(attributes)
        while try cursor.next() {
            switch cursor.type {
            case 1: initialSequence = try cursor.scalar(UInt32.self)
            case 2: initialTimestamp = try cursor.scalar(UInt32.self)
            case 3: timestampOffset = try cursor.scalar(UInt32.self)
            default: break
            }
        }
    }
}
