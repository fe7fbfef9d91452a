import FlowModel
import Query

// A session's two ends for people, and what they read in the place of a port where there is not one, but several.

extension Session {
    /// Appends the source; of attempts from several ports `192.0.2.7:*`.
    func appendSource(to text: inout [UInt8]) {
        let ports = record.original.hasPorts && record.facts.contains(.sourcePortVaries) ? Array("*".utf8) : []
        record.source.append(to: &text, ports: ports)
        record.original.appendSourceNumber(to: &text)
    }

    /// Appends the destination; of a scan `192.0.2.9:1-1024`, the lowest and the highest port that was tried.
    func appendDestination(to text: inout [UInt8]) {
        var ports: [UInt8] = []
        if let scanned = denials.scannedPorts {
            ports.appendDecimal(UInt64(scanned.lowerBound))
            ports.append(UInt8(ascii: "-"))
            ports.appendDecimal(UInt64(scanned.upperBound))
        }
        record.destination.append(to: &text, ports: ports)
        record.original.appendDestinationNumber(to: &text)
        record.icmp?.append(to: &text)
    }
}

extension Endpoint {
    /// Appends the endpoint, with `ports` in the place of its port where there are any.
    fileprivate func append(to text: inout [UInt8], ports: [UInt8]) {
        guard !ports.isEmpty else { return append(to: &text) }
        let isBracketed = family == .ipv6
        if isBracketed { text.append(UInt8(ascii: "[")) }
        address.append(to: &text, family: family)
        if isBracketed { text.append(UInt8(ascii: "]")) }
        text.append(UInt8(ascii: ":"))
        text.append(contentsOf: ports)
    }
}
