public import FlowModel

extension SortKey {
    /// The key of a session.
    ///
    /// - Parameter now: what ``duration`` is counted to; for all sessions of one ranking the same.
    /// - Complexity: O(1), a few nanoseconds; allocates nothing.
    public func value(of session: borrowing Session, at now: Timestamp) -> SortValue {
        switch self {
        case .bytes: session.totals.map { SortValue($0.byteCount) } ?? .unknown
        case .packets: session.totals.map { SortValue($0.packetCount) } ?? .unknown
        case .byteRate: session.rate(session.record.bytesPerSecond)
        case .packetRate: session.rate(session.record.packetsPerSecond)
        case .attempts: session.record.facts.contains(.denied) ? SortValue(session.denials.packetCount) : .unknown
        case .duration: session.duration(to: now).map { SortValue($0) } ?? .unknown
        case .start: session.start.map { SortValue(signed: $0.nanoseconds) } ?? .unknown
        case .lastSeen: SortValue(signed: session.record.lastSeen.nanoseconds)
        case .source: SortValue(session.record.original.source)
        case .sourcePort: SortValue(session.record.source.port)
        case .destination: SortValue(session.record.original.destination)
        case .destinationPort: SortValue(session.record.destination.port)
        case .transport: SortValue(UInt64(session.record.original.transport.rawValue))
        case .state: session.record.tcpState == .none ? .unknown : SortValue(UInt64(session.record.tcpState.rawValue))
        case .zone: session.zone.map { SortValue(UInt64($0)) } ?? .unknown
        case .mark: session.mark.map { SortValue(UInt64($0)) } ?? .unknown
        case .translatedSource: session.record.translatedSource.map { SortValue($0.address) } ?? .unknown
        case .translatedSourcePort: SortValue(session.record.translatedSource?.port)
        case .translatedDestination: session.record.translatedDestination.map { SortValue($0.address) } ?? .unknown
        case .translatedDestinationPort: SortValue(session.record.translatedDestination?.port)
        }
    }
}

extension Session {
    /// Both directions together, of the best counters there are.
    fileprivate var totals: Counters? { counters?.total }

    /// A rate, if the counters were read often enough to have one. The bits of floating-point numbers that are not
    /// negative are ordered as the numbers are.
    fileprivate func rate(_ perSecond: Float) -> SortValue {
        record.facts.contains(.rate) ? SortValue(UInt64(max(perSecond, 0).bitPattern)) : .unknown
    }
}

extension SortValue {
    fileprivate init(_ address: IPAddress) { self.init(high: address.high, low: address.low) }

    fileprivate init(_ port: UInt16?) {
        self = port.map { SortValue(UInt64($0)) } ?? .unknown
    }
}
