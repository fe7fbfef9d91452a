import FlowModel

/// A session as the document tells it.
struct SessionRow {
    let value: JSONValue

    /// The session's identity, the same from one answer to the next.
    var id: String { value["nfmon"]?["session"]?.string ?? "" }

    var transport: String { value["network"]?["transport"]?.string ?? "" }
    var family: AddressFamily { value["network"]?["type"]?.string == "ipv6" ? .ipv6 : .ipv4 }
    var ingress: String? { interface("ingress") }
    var egress: String? { interface("egress") }
    var rule: String? { value["rule"]?["name"]?.string }
    var verdict: String? { nfmon["verdict"]?.string }
    var isDenied: Bool { verdict == "drop" || verdict == "reject" }
    var zone: UInt64? { nfmon["zone"]?.whole }
    var byteCount: UInt64? { value["network"]?["bytes"]?.whole }
    var packetCount: UInt64? { value["network"]?["packets"]?.whole }
    var byteRate: UInt64? { nfmon["rate"]?["bytes"]?.whole }
    var packetRate: UInt64? { nfmon["rate"]?["packets"]?.whole }
    /// Nanoseconds from its start to its end, or to the moment of the answer.
    var duration: UInt64? { value["event"]?["duration"]?.whole }
    var start: String? { value["event"]?["start"]?.string }
    var lastSeen: String? { nfmon["last_seen"]?.string }
    /// Whether the totals are lower bounds.
    var isLowerBound: Bool { nfmon["exact"]?.bool == false }
    var status: [String] { nfmon["status"]?.elements.compactMap(\.string) ?? [] }

    var nfmon: JSONValue { value["nfmon"] ?? .null }

    /// The TCP state; of an offloaded session that.
    var state: String? {
        if status.contains("hardware-offload") { return "HW_OFFLOAD" }
        return status.contains("offload") ? "OFFLOAD" : nfmon["state"]?.string
    }

    private func interface(_ way: String) -> String? {
        value["observer"]?[way]?["interface"]?["name"]?.string
    }

    /// One of the two ends.
    func end(_ side: String) -> RowEndpoint? { RowEndpoint(value[side]) }

    /// One of the two ends as translation makes it, `nil` where it does not.
    func translatedEnd(_ side: String) -> RowEndpoint? { RowEndpoint(value[side]?["nat"]) }

    /// What rules denied.
    var denials: [JSONValue] { nfmon["denials"]?.elements ?? [] }

    /// The lowest and the highest port of a scan.
    var scannedPorts: (from: UInt64, to: UInt64)? {
        guard let ports = denials.first?["ports"], let from = ports["from"]?.whole,
            let to = ports["to"]?.whole
        else { return nil }
        return (from, to)
    }

    /// What ICMP has in the place of ports.
    var icmp: ICMPMessage? {
        guard let message = nfmon["icmp"], let type = message["type"]?.whole.flatMap({ UInt8(exactly: $0) }) else {
            return nil
        }
        return ICMPMessage(
            type: type, code: message["code"]?.whole.flatMap { UInt8(exactly: $0) } ?? 0,
            identifier: message["id"]?.whole.flatMap { UInt16(exactly: $0) }, family: family)
    }

    /// A filter that admits this session and few others: what both ends and the protocol are.
    var filter: String? {
        guard let source = end("source"), let destination = end("destination"), !transport.isEmpty else { return nil }
        var words = ["src = \(source.address)", "dst = \(destination.address)", "proto = \(transport)"]
        if let port = source.port { words.append("sport = \(port)") }
        if let port = destination.port { words.append("dport = \(port)") }
        return words.joined(separator: " and ")
    }
}

/// An address, and a port where there is one.
struct RowEndpoint: Hashable {
    var address: String
    var port: UInt64?

    init?(_ value: JSONValue?) {
        guard let address = value?["ip"]?.string else { return nil }
        self.address = address
        port = value?["port"]?.whole
    }

    /// `192.0.2.1:443`, `[2001:db8::1]:443`; with `ports` in the place of the port.
    ///
    /// - Parameter name: what the address is called.
    func text(ports: String? = nil, name: String? = nil) -> String {
        guard let ports = ports ?? port.map(String.init) else { return name ?? address }
        if let name { return "\(name):\(ports)" }
        return address.contains(":") ? "[\(address)]:\(ports)" : "\(address):\(ports)"
    }
}
