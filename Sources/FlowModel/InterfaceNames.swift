/// The interfaces' names by index.
///
/// Sorted, as every event of the stream looks two names up: among the few interfaces of a firewall a search by halves takes
/// a tenth of what a dictionary takes to hash the index.
public struct InterfaceNames: Sendable {
    /// How many successors are told from who had their index before.
    private static var successorLimit: UInt32 { 4096 }
    /// Where successors' numbers begin: the kernel's indexes are positive as signed numbers.
    private static var firstSuccessor: InterfaceIndex { 1 << 31 }

    private var indexes: [InterfaceIndex] = []
    private var names: [NameID] = []
    /// Interfaces that went; their names are kept for the sessions that they carried.
    private var gone: [InterfaceIndex] = []
    /// Whose an index is now that belonged to another interface before.
    private var successors: [(index: InterfaceIndex, number: InterfaceIndex)] = []

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

    /// Takes in that an interface came, went or was renamed.
    ///
    /// One that comes with the index of one that went, and another name, gets a number of its own: see ``number(of:)``.
    ///
    /// - Complexity: O(n).
    public mutating func take(_ interface: InterfaceObservation) {
        let number = number(of: interface.index)
        if interface.isGone {
            if !gone.contains(number) { gone.append(number) }
            return
        }
        let isAnother = gone.contains(number) && self[number] != interface.name
        gone.removeAll { $0 == number && !isAnother }
        guard isAnother, successors.count < Self.successorLimit else { return self[number] = interface.name }
        let successor = Self.firstSuccessor + InterfaceIndex(successors.count)
        successors.insert((interface.index, successor), at: 0)
        self[successor] = interface.name
    }

    /// Whether ``number(of:)`` differs from the index for any interface.
    public var haveSuccessors: Bool { !successors.isEmpty }

    /// The number under which the interface that has this index now is known here.
    public func number(of index: InterfaceIndex) -> InterfaceIndex {
        successors.first { $0.index == index }?.number ?? index
    }

    /// The kernel's indexes of the interfaces that are there now.
    public var present: [InterfaceIndex] {
        indexes.filter { $0 < Self.firstSuccessor && !gone.contains(number(of: $0)) }
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
