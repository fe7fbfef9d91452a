import FlowModel

/// The 128 connection labels as bits; label 0 is the lowest bit of ``low``.
public struct ConnectionLabels: Hashable, Sendable {
    public var low: UInt64
    public var high: UInt64

    public init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// Reads CTA_LABELS: the kernel's bitmap of 128 bits in native words (`nf_ct_labels_find`).
    init(decoding bytes: ByteReader) throws(WireFault) {
        guard bytes.count == 16, let low = bytes.native(UInt64.self, at: 0), let high = bytes.native(UInt64.self, at: 8)
        else { throw .scalarLength }
        self.init(low: low, high: high)
    }
}
