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

    /// The source as the far side sees it; `nil` where it is not translated.
    ///
    /// Where the answers are sent to is where the far side believes that the packets came from.
    public var translatedSource: Endpoint? {
        let seen = reply.destinationEndpoint(hasPort: hasSourcePort)
        return seen == source ? nil : seen
    }

    /// The destination that really answers; `nil` where it is not translated.
    public var translatedDestination: Endpoint? {
        let answering = reply.sourceEndpoint(hasPort: hasDestinationPort)
        return answering == destination ? nil : answering
    }
}
