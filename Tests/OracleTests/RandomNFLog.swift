import CNetfilter

/// Builds NFLOG messages with libmnl, with any of their attributes.
struct RandomNFLog {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func next() -> MessageBuffer {
        let type = UInt16(NFNL_SUBSYS_ULOG) << 8
        let message = MessageBuffer(type: type, family: chance(0.5) ? 2 : 10, resource: any())
        if chance(0.9) {
            message.put(NFULA_PACKET_HDR.rawValue, any() as UInt32)  // protocol, hook, padding
        }
        if chance(0.7) { message.put(NFULA_PREFIX.rawValue, Array("drop:rule-\(any() as UInt16)".utf8) + [0]) }
        for attribute in Self.numbers where chance(0.5) { message.put(attribute.rawValue, any() as UInt32) }
        for attribute in [NFULA_HWTYPE, NFULA_HWLEN] where chance(0.5) {
            message.put(attribute.rawValue, any() as UInt16)
        }
        if chance(0.5) {
            let seconds = UInt64.random(in: 0..<1 << 33, using: &generator)
            let microseconds = UInt64.random(in: 0..<1_000_000, using: &generator)
            message.put(NFULA_TIMESTAMP.rawValue, bytes(of: seconds) + bytes(of: microseconds))
        }
        if chance(0.5) {
            let length = UInt8.random(in: 0...8, using: &generator)
            message.put(NFULA_HWADDR.rawValue, [0, length, 0, 0] + bytes(of: any() as UInt64))
        }
        if chance(0.5) { message.put(NFULA_HWHEADER.rawValue, Array(bytes(of: any() as UInt64))) }
        if chance(0.3) { message.put(NFULA_CT.rawValue, bytes(of: any() as UInt64)) }
        if chance(0.2) { message.put(200, any() as UInt64) }  // of a kernel to come
        let length = Int.random(in: 0...1500, using: &generator)
        message.put(NFULA_PAYLOAD.rawValue, (0..<length).map { _ in any() })
        return message
    }

    /// The attributes that are numbers of 32 bits.
    static let numbers = [
        NFULA_MARK, NFULA_IFINDEX_INDEV, NFULA_IFINDEX_OUTDEV, NFULA_IFINDEX_PHYSINDEV, NFULA_IFINDEX_PHYSOUTDEV,
        NFULA_UID, NFULA_GID, NFULA_SEQ, NFULA_SEQ_GLOBAL, NFULA_CT_INFO,
    ]

    private mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &generator) < probability
    }

    private mutating func any<Number: FixedWidthInteger>() -> Number {
        Number.random(in: .min ... .max, using: &generator)
    }

    private func bytes(of number: UInt64) -> [UInt8] {
        (0..<8).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
}
