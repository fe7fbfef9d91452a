/// The interfaces' names by index.
///
/// Sorted, as every event of the stream looks two names up: among the few interfaces of a firewall a search by halves takes
/// a tenth of what a dictionary takes to hash the index.
public struct InterfaceNames: Sendable {
    private var indexes: [InterfaceIndex] = []
    private var names: [NameID] = []

    public init() {}

    /// The name of an interface; `nil` where none is known.
    ///
    /// - Complexity: reading O(log n), a new interface O(n).
    public subscript(index: InterfaceIndex) -> NameID? {
        get {
            let place = place(of: index)
            return place < indexes.count && indexes[place] == index ? names[place] : nil
        }
        set {
            let place = place(of: index)
            let isKnown = place < indexes.count && indexes[place] == index
            switch (newValue, isKnown) {
            case (let name?, true): names[place] = name
            case (let name?, false):
                indexes.insert(index, at: place)
                names.insert(name, at: place)
            case (nil, true):
                indexes.remove(at: place)
                names.remove(at: place)
            case (nil, false): break
            }
        }
    }

    /// Where the index is, or would be.
    private func place(of index: InterfaceIndex) -> Int {
        var (low, high) = (0, indexes.count)
        while low < high {
            let middle = (low + high) / 2
            if indexes[middle] < index { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension InterfaceNames: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (InterfaceIndex, NameID)...) {
        for (index, name) in elements { self[index] = name }
    }
}
