internal import FlowModel
internal import Wire

extension IngestError {
    /// Why a savefile cannot be read, or not to its end.
    ///
    /// - Parameter count: how many records came before.
    init(_ operation: String, fault: SavefileFault, afterRecords count: UInt64) {
        let damage = "the file is damaged; what came before it was read"
        let (reason, cure): (String, String) =
            switch fault {
            case .notASavefile:
                ("not a savefile", "nfmon record, tcpdump -w and dumpcap -w write one, and editcap makes one of others")
            case .empty: ("the file is empty", "whoever was to write it did not: a savefile has a header at least")
            case .compressed(let compression):
                ("it is compressed with \(compression)", "\(compression) -dc FILE | nfmon ... -r -")
            case .version(let version):
                ("version \(version) of pcapng is not read", "version 1 is, which every program writes")
            case .linkType(let type): ("link type \(type) is not read", "nfmon reads \(Self.readLinkTypes)")
            case .recordLength(let length): ("record \(count + 1) claims \(length) bytes", damage)
            case .block: ("a length in the block behind record \(count) contradicts another", damage)
            case .interface(let number):
                ("record \(count + 1) is of interface \(number), which the file does not describe", damage)
            case .interfaces: ("it describes more than 65,536 interfaces", "nfmon reads no more of them")
            case .cut: ("the file ends within record \(count + 1)", "it was cut; what came before was read")
            }
        self.init(.data, operation, reason: reason, cure: cure)
    }

    private static var readLinkTypes: String {
        """
        Ethernet (1), Linux cooked (113, 276), raw IP (12, 101, 228, 229), loopback (0, 108), NFLOG (239) and netlink (253)
        """
    }
}
