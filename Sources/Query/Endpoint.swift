public import FlowModel

/// An address with its port, if the protocol has ports.
public struct Endpoint: Hashable, Sendable {
    public var address: IPAddress
    public var family: AddressFamily
    public var port: UInt16?

    public init(address: IPAddress, family: AddressFamily, port: UInt16?) {
        self.address = address
        self.family = family
        self.port = port
    }
}

extension FlowKey {
    fileprivate func sourceEndpoint(hasPort: Bool) -> Endpoint {
        Endpoint(address: source, family: family, port: hasPort ? sourcePort : nil)
    }

    fileprivate func destinationEndpoint(hasPort: Bool) -> Endpoint {
        Endpoint(address: destination, family: family, port: hasPort ? destinationPort : nil)
    }
}

extension SessionRecord {
    /// Who began the session, as its first packet said before translation.
    public var source: Endpoint { original.sourceEndpoint(hasPort: hasSourcePort) }

    /// Whom the first packet named before translation.
    public var destination: Endpoint { original.destinationEndpoint(hasPort: hasDestinationPort) }

    /// Whether the far side sees another source than the session's own.
    @inline(__always)
    var sourceIsTranslated: Bool {
        reply.destination != original.source
            || (hasSourcePort && reply.destinationPort != original.sourcePort)
    }

    /// Whether another destination answers than the one that was asked for.
    @inline(__always)
    var destinationIsTranslated: Bool {
        reply.source != original.destination
            || (hasDestinationPort && reply.sourcePort != original.destinationPort)
    }

    /// The translated source's port as a number to compare; `nil` also where the protocol has none.
    var translatedSourcePort: UInt64? {
        guard hasSourcePort, sourceIsTranslated else { return nil }
        return UInt64(reply.destinationPort)
    }

    /// The translated destination's port as a number to compare; `nil` also where the protocol has none.
    var translatedDestinationPort: UInt64? {
        guard hasDestinationPort, destinationIsTranslated else { return nil }
        return UInt64(reply.sourcePort)
    }

    /// The source as the far side sees it; `nil` where it is not translated.
    ///
    /// Where the answers are sent to is where the far side believes that the packets came from.
    public var translatedSource: Endpoint? {
        sourceIsTranslated ? reply.destinationEndpoint(hasPort: hasSourcePort) : nil
    }

    /// The destination that really answers; `nil` where it is not translated.
    public var translatedDestination: Endpoint? {
        destinationIsTranslated ? reply.sourceEndpoint(hasPort: hasDestinationPort) : nil
    }
}
