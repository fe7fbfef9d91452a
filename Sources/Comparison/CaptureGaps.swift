/// Where a capture's filter lets nothing of a session through: what is not counted there is not missing.
public struct CaptureGaps: OptionSet, Sendable {
    public var rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The original direction's packets as they come in, and as they leave.
    public static var originalIn: CaptureGaps { CaptureGaps(rawValue: 1 << 0) }
    public static var originalOut: CaptureGaps { CaptureGaps(rawValue: 1 << 1) }
    /// The answers, as they come in and leave.
    public static var replyIn: CaptureGaps { CaptureGaps(rawValue: 1 << 2) }
    public static var replyOut: CaptureGaps { CaptureGaps(rawValue: 1 << 3) }
    /// Pieces of datagrams without ports, of packets that it lets through whole.
    public static var fragments: CaptureGaps { CaptureGaps(rawValue: 1 << 4) }
    public static var all: CaptureGaps { [.originalIn, .originalOut, .replyIn, .replyOut] }
}
