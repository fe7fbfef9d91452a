public import FlowModel

/// Writes frames as a pcapng file: each with its interface and the way it went, and at the end what was lost.
///
/// An interface is described when its first frame comes. A file that is begun anew begins with those that the one before had frames of, by
/// numbers of its own.
public struct PcapngWriter: Sendable {
    /// What a file says of where it comes from.
    public struct Origin: Sendable {
        /// Who writes, and on what system.
        public var application = ""
        public var system = ""
        /// What is captured, in tcpdump's language; empty for all.
        public var filter = ""

        public init() {}
    }

    /// What a frame's interface is known by.
    private struct Key: Hashable, Sendable {
        var index: InterfaceIndex
        var linkType: LinkType
    }

    private struct Interface: Sendable {
        var name: [UInt8]
        var linkType: LinkType
        /// The file has frames of it.
        var isUsed = false
    }

    private let origin: Origin
    private let snapLength: UInt32
    private var interfaces: [Interface] = []
    private var numbers: [Key: UInt32] = [:]
    /// Those that the kernel counts for, one for each `-i`.
    private var captures: [PcapngStatistics] = []

    public init(_ origin: Origin, snapLength: UInt32) {
        self.origin = origin
        self.snapLength = snapLength
    }

    // MARK: Interfaces

    /// Takes in an interface that is captured, and of which frames may be lost; before the first file begins.
    ///
    /// - Parameter index: 0 for the capture of all interfaces, which are described besides.
    public mutating func addCapture(of index: InterfaceIndex, name: [UInt8], linkType: LinkType) {
        captures.append(PcapngStatistics(interface: UInt32(interfaces.count)))
        add(Key(index: index, linkType: linkType), Interface(name: name, linkType: linkType))
    }

    /// Takes in that the file gets a frame of an interface.
    ///
    /// - Returns: whether the interface is described.
    public mutating func use(_ index: InterfaceIndex, _ linkType: LinkType) -> Bool {
        guard let number = numbers[Key(index: index, linkType: linkType)] else { return false }
        interfaces[Int(number)].isUsed = true
        return true
    }

    /// Describes an interface of which a frame comes; one that was made anew under its name is the same.
    ///
    /// - Parameter name: empty where nobody knows it any more.
    public mutating func describe(
        _ index: InterfaceIndex, _ linkType: LinkType, name: [UInt8], to file: inout [UInt8]
    ) {
        let interface = Interface(name: name, linkType: linkType, isUsed: true)
        if add(Key(index: index, linkType: linkType), interface) { append(interface, to: &file) }
    }

    /// Sets the interface's number in a block that was written for an earlier file.
    public func correct(_ index: InterfaceIndex, _ linkType: LinkType, at start: Int, in file: inout [UInt8]) {
        guard let number = numbers[Key(index: index, linkType: linkType)] else { return }
        var bytes: [UInt8] = []
        bytes.appendNative(number)
        for place in bytes.indices { file[start + 8 + place] = bytes[place] }
    }

    /// Bytes that ``describe(_:name:to:)`` appends at most.
    public var descriptionLength: Int {
        PcapngBlock.frameSize + 320 + origin.filter.utf8.count + origin.system.utf8.count
    }

    /// - Returns: whether it was not known.
    @discardableResult
    private mutating func add(_ key: Key, _ interface: Interface) -> Bool {
        let known = interfaces.firstIndex {
            !$0.name.isEmpty && $0.name == interface.name && $0.linkType == interface.linkType
        }
        numbers[key] = UInt32(known ?? interfaces.count)
        if known == nil { interfaces.append(interface) }
        return known == nil
    }

    private static func key(of frame: borrowing Frame) -> Key {
        Key(index: frame.facts.interface, linkType: frame.facts.linkType)
    }

    // MARK: A file

    /// Appends what a file begins with: `byte order, version, length of the section`, shb_os, shb_userappl, then the interfaces that are
    /// known.
    public mutating func begin(at time: Timestamp, to file: inout [UInt8]) {
        let block = PcapngBlock.section.begin(in: &file)
        file.appendNative(0x1a2b_3c4d as UInt32)
        file.appendNative(1 as UInt16)
        file.appendNative(0 as UInt16)
        file.appendNative(UInt64.max)  // nobody knows yet how long it gets
        PcapngBlock.appendOption(3, origin.system.utf8, to: &file)
        PcapngBlock.appendOption(4, origin.application.utf8, to: &file)
        PcapngBlock.appendEndOfOptions(to: &file)
        PcapngBlock.end(block, in: &file)
        keepUsed()
        for interface in interfaces { append(interface, to: &file) }
        for number in captures.indices { captures[number].begin(at: time) }
    }

    /// Forgets the interfaces of which the file had no frames: on a host of containers they come and go. Those of captures stay, in front.
    private mutating func keepUsed() {
        var kept: [Interface] = []
        var places: [UInt32: UInt32] = [:]
        for (number, var interface) in interfaces.enumerated() where interface.isUsed || number < captures.count {
            places[UInt32(number)] = UInt32(kept.count)
            interface.isUsed = false
            kept.append(interface)
        }
        interfaces = kept
        numbers = numbers.compactMapValues { places[$0] }
    }

    /// Takes in that a capture lost frames.
    ///
    /// - Parameter count: `nil` where nobody knows how many.
    public mutating func noteLoss(of count: UInt64?, in capture: Int) { captures[capture].noteLoss(of: count) }

    /// Takes in that a capture has a frame for this file.
    public mutating func noteFrame(in capture: Int) { captures[capture].noteFrame() }

    /// Appends what a file ends with: what each capture had since the beginning, and what it lost.
    public func end(at time: Timestamp, to file: inout [UInt8]) {
        for capture in captures { capture.append(at: time, to: &file) }
    }

    /// Bytes that ``end(at:to:)`` appends at most.
    public var endLength: Int { captures.count * PcapngStatistics.greatestLength }

    /// `link type, reserved (2), snap length`, if_name, if_tsresol (nanoseconds), if_filter (a text), if_os.
    private func append(_ interface: Interface, to file: inout [UInt8]) {
        let block = PcapngBlock.interface.begin(in: &file)
        file.appendNative(UInt16(truncatingIfNeeded: interface.linkType.rawValue))
        file.appendNative(0 as UInt16)
        file.appendNative(snapLength)
        PcapngBlock.appendOption(2, interface.name, to: &file)
        PcapngBlock.appendOption(9, number: 9 as UInt8, to: &file)
        if !origin.filter.isEmpty { PcapngBlock.appendOption(11, [0] + Array(origin.filter.utf8), to: &file) }
        PcapngBlock.appendOption(12, origin.system.utf8, to: &file)
        PcapngBlock.appendEndOfOptions(to: &file)
        PcapngBlock.end(block, in: &file)
    }

    // MARK: Frames

    /// Bytes of a frame's block, as ``append(_:to:)`` writes it.
    public func length(of frame: borrowing Frame) -> Int {
        let length = SavefileRecord.length(of: frame, cooked: false, snapLength: snapLength) - SavefileRecord.size
        return PcapngBlock.frameSize + 20 + (length + 3) & ~3 + 12
    }

    /// Appends a frame whose interface is known, with the VLAN tag that the kernel took out where it was: `interface, time (8), captured
    /// length, original length, bytes`, and epb_flags.
    public func append(_ frame: borrowing Frame, to file: inout [UInt8]) {
        let record = SavefileRecord(frame, cooked: false, snapLength: snapLength)
        let block = PcapngBlock.enhancedPacket.begin(in: &file)
        file.appendNative(numbers[Self.key(of: frame)] ?? 0)
        PcapngBlock.append(record.time, to: &file)
        file.appendNative(UInt32(truncatingIfNeeded: record.capturedLength))
        file.appendNative(UInt32(truncatingIfNeeded: record.originalLength))
        record.appendBytes(of: frame, cooked: false, to: &file)
        while file.count % 4 != block % 4 { file.append(0) }
        PcapngBlock.appendOption(2, number: Self.flags(of: frame), to: &file)
        PcapngBlock.appendEndOfOptions(to: &file)
        PcapngBlock.end(block, in: &file)
    }

    /// The way that the frame went, and whom it was for (epb_flags, section 4.3.1).
    private static func flags(of frame: borrowing Frame) -> UInt32 {
        let reception: UInt32
        switch frame.packetType {
        case .host: reception = 1
        case .multicast: reception = 2
        case .broadcast: reception = 3
        case .otherHost: reception = 4
        case .outgoing: reception = 0
        }
        return UInt32(frame.facts.direction.rawValue) | reception << 2
    }
}
