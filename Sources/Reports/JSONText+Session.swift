import FlowModel
import Query

// A session in the words of the Elastic Common Schema: the same in the event stream and in the list of sessions.

extension JSONText {
    /// Appends the members `network` to `rule`.
    mutating func appendTraffic(of session: borrowing Session, names: NameBook) {
        let counters = session.counters
        appendNetwork(session.record.original, counters?.total)
        appendSide(
            "source", session.record.source, counters?.original, translated: session.record.translatedSource)
        appendSide(
            "destination", session.record.destination, counters?.reply, translated: session.record.translatedDestination)
        guard let lane = session.nflog else { return }
        appendInterfaces(lane, names)
        if !lane.rule.isNone {
            openObject("rule")
            field("name", text: names.bytes(of: lane.rule))
            closeObject()
        }
    }

    private mutating func appendNetwork(_ key: FlowKey, _ total: Counters?) {
        openObject("network")
        field("type", word: key.family == .ipv4 ? "ipv4" : "ipv6")
        // A keyword by ECS, so a number, too, is written as a string.
        appendKey("transport")
        bytes.append(UInt8(ascii: "\""))
        key.transport.append(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        append(total)
        closeObject()
    }

    private mutating func appendSide(
        _ key: String, _ endpoint: Endpoint, _ counters: Counters?, translated: Endpoint?
    ) {
        openObject(key)
        append(endpoint)
        append(counters)
        if let translated {
            openObject("nat")
            append(translated)
            closeObject()
        }
        closeObject()
    }

    private mutating func append(_ endpoint: Endpoint) {
        appendKey("ip")
        bytes.append(UInt8(ascii: "\""))
        endpoint.address.append(to: &bytes, family: endpoint.family)
        bytes.append(UInt8(ascii: "\""))
        if let port = endpoint.port { field("port", UInt64(port)) }
    }

    /// Unknown counters are absent.
    private mutating func append(_ counters: Counters?) {
        guard let counters else { return }
        field("bytes", counters.byteCount)
        field("packets", counters.packetCount)
    }

    private mutating func appendInterfaces(_ lane: PacketLane, _ names: NameBook) {
        guard lane.ingress != 0 || lane.egress != 0 else { return }
        openObject("observer")
        appendInterface("ingress", lane.ingress, names)
        appendInterface("egress", lane.egress, names)
        closeObject()
    }

    private mutating func appendInterface(_ key: String, _ index: InterfaceIndex, _ names: NameBook) {
        guard index != 0 else { return }
        openObject(key)
        openObject("interface")
        field("name", text: names.interface(index))
        closeObject()
        closeObject()
    }
}
