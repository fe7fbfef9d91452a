import FlowModel

// Netfilter translates destinations at PREROUTING and OUTPUT, sources at INPUT and POSTROUTING (nf_nat_core.c): of a packet that
// goes the original way the destination first, of an answer back again in the same order. So a tuple tells a session by where
// it was seen, too.

extension SessionRecord {
    /// The tuple between both translations, for a session whose source and destination are both translated.
    var middle: FlowKey? {
        guard changesSource, changesDestination else { return nil }
        var middle = original
        middle.destination = reply.source
        if !original.transport.isICMP { middle.destinationPort = reply.sourcePort }
        return middle
    }

    /// Whether packets that go this way show the tuple of this role at a hook, as it is or inverted.
    ///
    /// The outermost tuples show where a packet comes from before translation, and where it goes to after it; what is between,
    /// everywhere.
    func shows(_ role: TupleRole, _ direction: FlowDirection, at hook: UInt8) -> Bool {
        guard let origin = origin(of: role) else { return true }
        switch hook {
        case 0, 3: return direction == origin  // PREROUTING, OUTPUT
        case 1, 4: return direction != origin  // INPUT, POSTROUTING
        case 2: return false  // FORWARD
        default: return true
        }
    }

    /// Whether packets that go this way show the tuple of this role at a tap, as it is or inverted: what comes in is not translated yet,
    /// what goes out is.
    func shows(_ role: TupleRole, _ direction: FlowDirection, at way: FrameDirection) -> Bool {
        guard isTranslated, way != .unknown else { return true }
        switch role {
        case .original: return (direction == .original) == (way == .ingress)
        case .reply: return (direction == .reply) == (way == .ingress)
        case .middle: return false
        }
    }

    /// Which way the packets go that show the tuple before it is translated; `nil` where it is shown between translations.
    private func origin(of role: TupleRole) -> FlowDirection? {
        switch role {
        case .original: changesDestination ? .original : nil
        case .reply: changesSource ? .reply : nil
        case .middle: nil
        }
    }

    private var changesSource: Bool {
        // An identifier is the same both ways.
        let port = original.transport.isICMP ? reply.sourcePort : reply.destinationPort
        return original.source != reply.destination || original.sourcePort != port
    }

    private var changesDestination: Bool {
        guard original.destination == reply.source else { return true }
        return !original.transport.isICMP && original.destinationPort != reply.sourcePort
    }
}
