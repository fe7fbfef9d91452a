// Tuples of which a part does not matter.

extension FlowKey {
    /// What all attempts at one port have in common: the tuple without its source port or ICMP identifier.
    @inlinable
    public var withoutSourcePort: FlowKey {
        var key = self
        key.sourcePort = 0
        return key
    }

    /// What all packets of one host to another have in common, those without ports included.
    @inlinable
    public var withoutPorts: FlowKey {
        var key = withoutSourcePort
        key.destinationPort = 0
        return key
    }
}
