internal import FlowModel

/// What the kernel shall leave out of a dump (`ctnetlink_alloc_filter` of nf_conntrack_netlink.c).
///
/// A kernel that does not know a part of it sends more rows: family and mark are old, status came with Linux 5.15, the zone
/// with 6.8.
struct DumpFilter: Equatable {
    var family: AddressFamily?
    /// Never 0, which means every zone.
    var zone: UInt16?
    var mark: Mark?
    /// All of these bits are set.
    var status: ConntrackStatus?

    struct Mark: Equatable {
        var value: UInt32
        var mask: UInt32
    }

    /// Every row.
    static var none: DumpFilter { DumpFilter() }

    private init() {}

    /// - Parameter isOnly: whether no dump will follow. What changes in an entry's life can be asked for then only: the next
    ///   dump would not show an entry that has changed, as if it had ended.
    init(_ filter: SourceFilter, isOnly: Bool) {
        family = filter.tree.implied { test in
            if case .family(let family) = test.subject, !test.isNegated { return family }
            // Addresses of the other family are in no prefix.
            if case .address(_, let prefix) = test.subject, !test.isNegated { return prefix.family }
            return nil
        }
        zone = filter.tree.implied { test in
            guard case .zone(let range) = test.subject, !test.isNegated, range.count == 1 else { return nil }
            return range.lowerBound == 0 ? nil : range.lowerBound
        }
        guard isOnly else { return }
        mark = filter.tree.implied { test in
            guard case .mark(let value, let mask) = test.subject, !test.isNegated else { return nil }
            return Mark(value: value, mask: mask)
        }
        status = filter.tree.implied { test in
            guard case .status(let bits) = test.subject, !test.isNegated else { return nil }
            return bits
        }
    }
}
