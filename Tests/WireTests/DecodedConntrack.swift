import FlowModel
import Wire

/// A ``ConntrackMessage`` with its borrowed names copied, so that expectations can hold it.
struct DecodedConntrack {
    var entry: ConntrackEntry
    var helper: String
    var securityContext: String
    var master: FlowKey?
    var labels: ConnectionLabels?
    var useCount: UInt32?
    var protocolState: ProtocolState?
    var originalSequenceAdjustment: SequenceAdjustment?
    var replySequenceAdjustment: SequenceAdjustment?
    var synproxy: Synproxy?

    init(_ attributes: ByteReader) throws(WireFault) {
        let message = try ConntrackMessage(attributes: attributes)
        entry = message.entry
        helper = String(decoding: [UInt8](copying: message.helper), as: UTF8.self)
        securityContext = String(decoding: [UInt8](copying: message.securityContext), as: UTF8.self)
        master = message.master
        labels = message.labels
        useCount = message.useCount
        protocolState = message.protocolState
        originalSequenceAdjustment = message.originalSequenceAdjustment
        replySequenceAdjustment = message.replySequenceAdjustment
        synproxy = message.synproxy
    }

    init(attributes: [UInt8]) throws(WireFault) { try self.init(attributes.reader) }

    var tcp: ProtocolState.TCP? {
        if case .tcp(let tcp)? = protocolState { return tcp }
        return nil
    }
}
