/// Where a capture sees a session pass: an interface, and which way.
///
/// A session that leaves by the interface by which it came passes it twice, in two ways.
public struct Tap: Hashable, Sendable {
    /// 0 where the capture does not say.
    public var interface: InterfaceIndex
    /// Which way the packets with the flow's own tuple pass; those that answer pass the other way.
    public var direction: FrameDirection

    @inlinable
    public init(interface: InterfaceIndex, direction: FrameDirection) {
        self.interface = interface
        self.direction = direction
    }
}
