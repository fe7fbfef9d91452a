/// The interfaces' names by index.
///
/// Sorted, as every event of the stream looks two names up: among the few interfaces of a firewall a search by halves takes
/// a tenth of what a dictionary takes to hash the index.
public struct InterfaceNames: Sendable {
    /// How many interfaces that went are known at most; beyond it the older half of them is forgotten.
    private static var goneLimit: Int { 65_536 }
    /// Where successors' numbers begin: the kernel's indexes are positive as signed numbers.
    private static var firstSuccessor: InterfaceIndex { 1 << 31 }

    private var indexes: [InterfaceIndex] = []
    private var names: [NameID] = []
    /// Interfaces that went; their names are kept for the sessions that they carried. With the last sweep at which one was in use.
    private var gone: [InterfaceIndex: UInt32] = [:]
    private var sweepCount: UInt32 = 0
    /// The number of the interface whose an index is now, where it belonged to another one before.
    private var successors: [InterfaceIndex: InterfaceIndex] = [:]
    /// The number that the next one gets.
    private var nextSuccessor = firstSuccessor

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
            // New arrays, as copies may be read by others at this moment.
            let end = isKnown ? place + 1 : place
            let name = newValue.map { [$0] } ?? []
            names = Array(names[..<place] + name + names[end...])
            indexes = Array(indexes[..<place] + (name.isEmpty ? [] : [index]) + indexes[end...])
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
            if gone[number] == nil { gone[number] = sweepCount }
            if gone.count > Self.goneLimit { forgetOlderHalf() }
            return
        }
        let isAnother = gone[number] != nil && self[number] != interface.name
        guard isAnother, nextSuccessor < .max else {
            gone[number] = nil
            return self[number] = interface.name
        }
        let successor = nextSuccessor
        nextSuccessor += 1
        successors[interface.index] = successor
        self[successor] = interface.name
    }

    /// Whether ``number(of:)`` differs from the index for any interface.
    public var haveSuccessors: Bool { !successors.isEmpty }

    /// The number under which the interface that has this index now is known here.
    ///
    /// - Complexity: O(1) on average.
    public func number(of index: InterfaceIndex) -> InterfaceIndex { successors[index] ?? index }

    /// The kernel's indexes of the interfaces that are there now.
    public var present: [InterfaceIndex] {
        let others = indexes.filter { $0 < Self.firstSuccessor && successors[$0] == nil }
        return (others + successors.keys).filter { gone[number(of: $0)] == nil }
    }

    /// The names of those.
    public var presentNames: NameSet {
        var set = NameSet()
        for place in indexes.indices where gone[indexes[place]] == nil { set.insert(names[place]) }
        return set
    }

    /// All names that are known here.
    public func insertNames(into set: inout NameSet) {
        for name in names { set.insert(name) }
    }

    // MARK: Forgetting

    /// How many interfaces that went are still known.
    public var goneCount: Int { gone.count }

    /// Forgets those of the interfaces that went which are in use neither now nor were at the sweep before.
    ///
    /// - Parameter used: the numbers in sessions.
    /// - Complexity: O(n).
    public mutating func sweep(_ used: Set<InterfaceIndex>) {
        sweepCount &+= 1
        var forgotten: Set<InterfaceIndex> = []
        for (number, lastUse) in gone {
            if used.contains(number) {
                gone[number] = sweepCount
            } else if sweepCount &- lastUse >= 2 {
                forgotten.insert(number)
            }
        }
        forget(forgotten)
    }

    /// Sessions refer to more interfaces that went than there is room for: those with the lower indexes, which are the older ones as
    /// the kernel counts up, are shown by their index from now on.
    private mutating func forgetOlderHalf() {
        forget(Set(gone.keys.sorted().prefix(gone.count / 2)))
    }

    private mutating func forget(_ numbers: Set<InterfaceIndex>) {
        guard !numbers.isEmpty else { return }
        for number in numbers { gone[number] = nil }
        successors = successors.filter { !numbers.contains($0.value) }
        let kept = indexes.indices.filter { !numbers.contains(indexes[$0]) }
        (indexes, names) = (kept.map { indexes[$0] }, kept.map { names[$0] })
    }

    /// Only those that outputs show of some sessions.
    public func narrowed(to events: [SessionEvent]) -> InterfaceNames {
        guard indexes.count > 16 else { return self }
        var names = InterfaceNames()
        for index in events.indices {
            let add = { (number: InterfaceIndex) in
                if names[number] == nil { names[number] = self[number] }
            }
            events[index].session.nflog?.forEachInterface(add)
            events[index].session.taps.forEachInterface(add)
        }
        return names
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
