internal import FlowModel

/// Puts what a parser finds one after the other together to a tree.
struct YAMLTree {
    /// What has begun and not ended. A mapping's keys and values take turns.
    private struct Open {
        var isMapping: Bool
        var place: TextPlace
        var nodes: [YAMLNode] = []
    }

    private var open: [Open] = []
    /// The whole, once it has ended.
    private(set) var root: YAMLNode?

    /// How many sequences and mappings have begun and not ended.
    var depth: Int { open.count }

    mutating func beginSequence(at place: TextPlace) { open.append(Open(isMapping: false, place: place)) }

    mutating func beginMapping(at place: TextPlace) { open.append(Open(isMapping: true, place: place)) }

    mutating func add(_ text: String, at place: TextPlace) { add(YAMLNode(.scalar(text), at: place)) }

    /// Ends what has begun last.
    mutating func end() {
        guard let last = open.popLast() else { return }
        add(YAMLNode(last.isMapping ? .mapping(Self.entries(last.nodes)) : .sequence(last.nodes), at: last.place))
    }

    private mutating func add(_ node: YAMLNode) {
        if open.isEmpty { root = node } else { open[open.count - 1].nodes.append(node) }
    }

    private static func entries(_ nodes: [YAMLNode]) -> [YAMLEntry] {
        stride(from: 0, to: nodes.count - 1, by: 2).map { YAMLEntry(key: nodes[$0], value: nodes[$0 + 1]) }
    }
}
