/// How a host's interfaces are made of each other: which are a bridge's ports, and which have others on top.
public struct InterfaceStack: Sendable, Equatable {
    /// What an interface is, as far as it matters to those it is made of.
    public enum Kind: Sendable {
        /// It forwards what its ports see, for whomever that is.
        case bridge
        /// It sends and takes by any of its members (bonding, team).
        case aggregate
        /// It only says by which routes its members' packets go (VRF).
        case routing
        /// It takes some of what comes in by another, those with its tag or for its address (VLAN, macvlan).
        case upper
        case other
    }

    public struct Link: Sendable, Equatable {
        public var kind: Kind
        /// Its address on the link, of up to six bytes; 0 where it has none.
        public var address: UInt64
        /// The one that it is a part of.
        public var master: InterfaceIndex?
        /// The one of the same host that it is made of.
        public var lower: InterfaceIndex?
        /// Of a bridge: whether it hands what it forwards to the firewall, whatever the namespace's setting says.
        public var callsFirewall: Set<AddressFamily>

        public init(
            _ kind: Kind, address: UInt64 = 0, master: InterfaceIndex? = nil, lower: InterfaceIndex? = nil,
            callsFirewall: Set<AddressFamily> = []
        ) {
            self.kind = kind
            self.address = address
            self.master = master
            self.lower = lower
            self.callsFirewall = callsFirewall
        }
    }

    /// Which frames that are not addressed to an interface the host takes from it all the same.
    public enum Taken: Sendable, Equatable {
        case all
        /// Those for these addresses.
        case of(Set<UInt64>)

        public func contains(_ address: UInt64) -> Bool {
            switch self {
            case .all: true
            case .of(let addresses): addresses.contains(address)
            }
        }

        fileprivate mutating func add(_ address: UInt64) {
            guard case .of(var addresses) = self else { return }
            self = .all  // so that the set has one owner and is not copied
            addresses.insert(address)
            self = .of(addresses)
        }
    }

    private var links: [InterfaceIndex: Link] = [:]
    private var uppers: [InterfaceIndex: [InterfaceIndex]] = [:]

    /// As deep as anybody stacks them; two may be made of each other, as the ends of a cable are.
    private static let greatestDepth = 8

    public init() {}

    /// - Parameter links: by number, all of the host.
    public init(_ links: [InterfaceIndex: Link]) {
        for (index, link) in links { add(link, index) }
    }

    public mutating func add(_ link: Link, _ index: InterfaceIndex) {
        links[index] = link
        if let lower = link.lower { uppers[lower, default: []].append(index) }
    }

    /// Whether there is an interface of the number.
    public func contains(_ index: InterfaceIndex) -> Bool { links[index] != nil }

    /// The bridge of which an interface is a port, directly.
    public func bridge(of port: InterfaceIndex) -> InterfaceIndex? {
        guard let master = links[port]?.master, links[master]?.kind == .bridge else { return nil }
        return master
    }

    /// Whether a bridge hands what it forwards to the firewall, whatever the namespace's setting says.
    public func callsFirewall(_ bridge: InterfaceIndex, _ family: AddressFamily) -> Bool {
        links[bridge]?.callsFirewall.contains(family) ?? false
    }

    /// Whether it is a part of another: a bridge's port, a bond's member.
    public func isPart(_ index: InterfaceIndex) -> Bool { links[index]?.master != nil }

    /// Those of some interfaces of which none is made of another of them, over however many that are not among them.
    public func separate(_ interfaces: Set<InterfaceIndex>) -> Set<InterfaceIndex> {
        var separate = interfaces
        for upper in interfaces {
            var lower = links[upper]?.lower
            for _ in 0..<Self.greatestDepth {
                guard let part = lower else { break }
                if interfaces.contains(part) { separate.subtract([upper, part]) }
                lower = links[part]?.lower
            }
        }
        return separate
    }

    /// Whether some of what comes in by an interface comes in by another on top of it to the host.
    public func isShared(_ index: InterfaceIndex) -> Bool {
        (uppers[index] ?? []).contains { upper in
            guard let link = links[upper], link.kind == .upper else { return false }
            return link.address != links[index]?.address
        }
    }

    /// Which frames for others the host takes from an interface: a bridge forwards them, and what is on top of it has addresses of its own.
    ///
    /// Those of a macvtap or of a container's macvlan are no such: they pass the host's firewall by.
    public func taken(from index: InterfaceIndex) -> Taken {
        var found = Taken.of([])
        gather(from: index, 0, into: &found)
        return found
    }

    private func gather(from index: InterfaceIndex, _ depth: Int, into found: inout Taken) {
        guard let link = links[index], depth < Self.greatestDepth, found != .all else { return }
        if let number = link.master, let master = links[number] {
            switch master.kind {
            case .routing: break
            case .aggregate:
                found.add(master.address)
                gather(from: number, depth + 1, into: &found)
            // What else has parts forwards what they see, as Open vSwitch does.
            case .bridge, .upper, .other: found = .all
            }
        }
        for number in uppers[index] ?? [] {
            guard let upper = links[number], upper.kind == .upper else { continue }
            found.add(upper.address)
            gather(from: number, depth + 1, into: &found)
        }
    }
}
