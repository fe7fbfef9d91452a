public import FlowModel

/// Writes frames as a savefile of either format.
public struct SavefileWriter: Sendable {
    /// Whether a frame can be written as things are.
    public enum Fit: Sendable {
        case fits
        /// Its interface has to be described before.
        case isOfUnknownInterface
        /// The file has frames of another link type.
        case isOfOtherKind
    }

    /// Of the classic format: what every record begins with.
    private let linkType: LinkType
    private let snapLength: UInt32
    /// Of pcapng; `nil` of the classic format.
    public var blocks: PcapngWriter?

    /// A writer of the classic format, or of `blocks` where they are given.
    public init(linkType: LinkType, snapLength: UInt32, blocks: PcapngWriter? = nil) {
        self.linkType = linkType
        self.snapLength = snapLength
        self.blocks = blocks
    }

    /// Whether a file tells of each frame which way it went.
    public var tellsWays: Bool { blocks != nil || isCooked }

    private var isCooked: Bool { linkType == .linuxCooked2 }

    /// Whether a frame of an interface can be written; then it counts as one of those that the file has.
    public mutating func fit(of interface: InterfaceIndex, _ linkType: LinkType) -> Fit {
        guard blocks == nil else { return blocks?.use(interface, linkType) == true ? .fits : .isOfUnknownInterface }
        return isCooked || linkType == self.linkType ? .fits : .isOfOtherKind
    }

    /// Appends what a file begins with.
    public mutating func begin(at time: Timestamp, to file: inout [UInt8]) {
        guard blocks == nil else {
            blocks?.begin(at: time, to: &file)
            return
        }
        SavefileHeader(linkType: linkType, snapLength: snapLength).append(to: &file)
    }

    /// Describes an unknown interface of which a frame comes.
    ///
    /// - Parameter name: empty where nobody knows it any more.
    public mutating func describe(
        _ interface: InterfaceIndex, _ linkType: LinkType, name: [UInt8], to file: inout [UInt8]
    ) {
        blocks?.describe(interface, linkType, name: name, to: &file)
    }

    /// Makes a record fit that was written for an earlier file.
    public func correct(_ interface: InterfaceIndex, _ linkType: LinkType, at start: Int, in file: inout [UInt8]) {
        blocks?.correct(interface, linkType, at: start, in: &file)
    }

    /// Bytes that ``describe(_:name:to:)`` appends at most.
    public var descriptionLength: Int { blocks?.descriptionLength ?? 0 }

    /// Bytes that a frame takes.
    public func length(of frame: borrowing Frame) -> Int {
        if let blocks { return blocks.length(of: frame) }
        return SavefileRecord.length(of: frame, cooked: isCooked, snapLength: snapLength)
    }

    /// Appends a frame that fits.
    public func append(_ frame: borrowing Frame, to file: inout [UInt8]) {
        if let blocks { return blocks.append(frame, to: &file) }
        SavefileRecord.append(frame, cooked: isCooked, snapLength: snapLength, to: &file)
    }

    /// Appends what a file ends with.
    public func end(at time: Timestamp, to file: inout [UInt8]) { blocks?.end(at: time, to: &file) }

    /// Bytes that ``end(at:to:)`` appends at most.
    public var endLength: Int { blocks?.endLength ?? 0 }
}
