public import FlowModel

/// Says whether a frame for another host, which an interface showed and which is addressed to this one on its link, is left out.
public typealias ForeignFrameChoice = @Sendable (_ interface: InterfaceIndex, _ destination: UInt64) -> Bool
