import FlowModel
import Testing
import Wire

/// Input that no kernel of today sends: libnetfilter_conntrack ends the process at much of it.
struct MalformedConntrackTests {
    /// A number in a conntrack message: the attributes on the way to it, from the outermost on, and its size.
    struct Leaf: Sendable, CustomTestStringConvertible {
        var path: [UInt16]
        var size: Int
        var testDescription: String { "\(path), \(size) bytes" }
    }

    static let leaves: [Leaf] = {
        var leaves = [3, 7, 8, 11, 12].map { Leaf(path: [$0], size: 4) }  // status, timeout, mark, use, id
        leaves += [Leaf(path: [18], size: 2), Leaf(path: [22], size: 16), Leaf(path: [27], size: 8)]
        for tuple in [1, 2, 14] as [UInt16] {
            leaves += [1, 2].map { Leaf(path: [tuple, 1, $0], size: 4) }
            leaves += [3, 4].map { Leaf(path: [tuple, 1, $0], size: 16) }
            leaves += [1, 5, 6, 8, 9].map { Leaf(path: [tuple, 2, $0], size: 1) }
            leaves += [2, 3, 4, 7].map { Leaf(path: [tuple, 2, $0], size: 2) }
            leaves.append(Leaf(path: [tuple, 3], size: 2))
        }
        for counters in [9, 10] as [UInt16] {
            leaves += [1, 2].map { Leaf(path: [counters, $0], size: 8) }
            leaves += [3, 4].map { Leaf(path: [counters, $0], size: 4) }
        }
        leaves += [1, 2].map { Leaf(path: [20, $0], size: 8) }
        leaves += [1, 2, 3].map { Leaf(path: [4, 1, $0], size: 1) }
        leaves += [4, 5].map { Leaf(path: [4, 1, $0], size: 2) }
        leaves += [Leaf(path: [4, 2, 1], size: 1), Leaf(path: [4, 2, 2], size: 1), Leaf(path: [4, 2, 3], size: 8)]
        leaves += [Leaf(path: [4, 3, 1], size: 1), Leaf(path: [4, 3, 2], size: 4), Leaf(path: [4, 3, 3], size: 4)]
        for nest in [15, 16, 24] as [UInt16] { leaves += [1, 2, 3].map { Leaf(path: [nest, $0], size: 4) } }
        return leaves
    }()

    private func attributes(path: ArraySlice<UInt16>, value: [UInt8]) -> [UInt8] {
        var attributes: [UInt8] = []
        if let type = path.first {
            attributes.addAttribute(
                type, path.count == 1 ? value : self.attributes(path: path.dropFirst(), value: value))
        }
        return attributes
    }

    @Test(arguments: leaves)
    func aNumberOfAnotherSizeIsRejectedAtEveryLength(_ leaf: Leaf) throws {
        var tuple: [UInt8] = []
        tuple.addTuple(1, .web)
        for size in 0...20 {
            let bytes = tuple + attributes(path: leaf.path[...], value: [UInt8](repeating: 1, count: size))
            if size == leaf.size {
                _ = try DecodedConntrack(attributes: bytes)
            } else {
                #expect(throws: WireFault.scalarLength) { try DecodedConntrack(attributes: bytes) }
            }
        }
    }

    @Test(arguments: ConntrackSample.all)
    func anAttributesLengthBelowItsHeaderOrBeyondItsMessageIsRejected(_ sample: ConntrackSample) {
        let attributes = sample.attributes
        var offset = 0
        while offset + 4 <= attributes.count {
            let length = Int(attributes[offset]) | Int(attributes[offset + 1]) << 8
            for wrong in [0, 1, 2, 3, attributes.count - offset + 1, 0xffff] {
                var bytes = attributes
                bytes.overwrite(at: offset, with: [UInt8](native: UInt16(wrong)))
                #expect(throws: WireFault.attributeLength) { try DecodedConntrack(attributes: bytes) }
            }
            offset += (length + 3) & ~3
        }
        #expect(offset == attributes.count)
    }

    /// A cut between two attributes may leave a message that is whole; any other cut is an error of a kind.
    @Test(arguments: ConntrackSample.all)
    func everyPrefixOfAMessageIsDecodedOrRejectedByKind(_ sample: ConntrackSample) {
        for length in 0..<sample.attributes.count {
            do throws(WireFault) {
                let decoded = try DecodedConntrack(attributes: Array(sample.attributes.prefix(length)))
                #expect(decoded.entry.original.transport.rawValue != 0)
            } catch {
                #expect([.attributeLength, .scalarLength, .missingTuple].contains(error))
            }
        }
    }
}
