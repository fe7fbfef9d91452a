import FlowModel
import FoundationEssentials
import Wire

/// The recordings in the directory `Fixtures` at the repository's root.
enum Fixtures {
    private static var directory: String {
        // This file is Tests/WireTests/Fixtures.swift.
        #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 } + "/Fixtures"
    }

    /// The names of the savefiles there are.
    static var names: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { $0.hasSuffix(".pcap") }.sorted()
    }

    /// A record as it is in the file.
    struct Record {
        var time: Timestamp
        var bytes: [UInt8]
    }

    /// A savefile's records.
    static func records(in name: String) throws -> (linkType: UInt32, records: [Record]) {
        let file = [UInt8](try Data(contentsOf: URL(filePath: directory + "/" + name)))
        let header = try SavefileHeader(file.reader)
        var records: [Record] = []
        var offset = SavefileHeader.size
        while let record = try SavefileRecord(file.reader, at: offset, in: header) {
            let start = offset + SavefileRecord.size
            offset = start + record.capturedLength
            guard offset <= file.count else { throw SavefileFault.cut }
            records.append(Record(time: record.time, bytes: Array(file[start..<offset])))
        }
        return (header.linkType, records)
    }

    /// What a real kernel sent: the datagrams of a netlink recording, without nfmon's own requests.
    static func kernelDatagrams(in name: String) throws -> [[UInt8]] {
        let (linkType, records) = try records(in: name)
        guard linkType == LinkType.netlink.rawValue else { return [] }
        return records.compactMap { record in
            guard NetlinkCapture(record.bytes.reader)?.direction == .fromKernel else { return nil }
            return Array(record.bytes.dropFirst(NetlinkCapture.headerSize))
        }
    }
}
