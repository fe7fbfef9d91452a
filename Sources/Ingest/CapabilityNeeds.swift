public import FlowModel

/// What of the superuser's power a command takes (capabilities(7)).
public struct CapabilityNeeds: OptionSet, Sendable {
    public var rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Conntrack and what rules log.
    public static var netfilter: CapabilityNeeds { CapabilityNeeds(.administerNetwork) }
    /// The packets of interfaces.
    public static var capture: CapabilityNeeds { CapabilityNeeds(.useRawSockets) }
    /// Another network namespace.
    public static var namespace: CapabilityNeeds { CapabilityNeeds(.administerSystem) }

    private init(_ capability: Capability) { rawValue = capability.bit }

    private var capabilities: [Capability] { Capability.allCases.filter { rawValue & $0.bit != 0 } }

    /// What helps a process that lacks some of these, all at once: `setcap` takes back what a program was given before.
    ///
    /// - Parameters:
    ///   - held: the bits of those that it has.
    ///   - isRoot: whether it is root, which in a container or a unit may have but a part of root's power.
    /// - Returns: `nil` where it lacks none.
    func cure(holding held: UInt64, isRoot: Bool) -> String? {
        let lacking = CapabilityNeeds(rawValue: rawValue & ~held).capabilities
        guard !lacking.isEmpty else { return nil }
        let names = lacking.map { $0.name.uppercased() }.joined(separator: ", ")
        let head = "\(names) \(lacking.count == 1 ? "is" : "are") missing"
        guard !isRoot else {
            let words = lacking.map { "--cap-add \($0.name.uppercased().dropFirst("CAP_".count))" }
            return
                "\(head), which root lacks here: start its container with \(words.joined(separator: " ")), or let its unit's CapabilityBoundingSet have \(lacking.count == 1 ? "it" : "them")"
        }
        let all = capabilities.map(\.name).joined(separator: ",")
        return
            "\(head): run as root, or give the program all that this takes at once: setcap \(all)+ep \"$(command -v nfmon)\""
    }
}

extension IngestError {
    /// This error, with a cure that names all that a command lacks where the kernel refused it something: what is refused first is seldom all.
    public func curing(_ needs: CapabilityNeeds) -> IngestError {
        guard kind == .privilege, let held = Privilege.effective,
            let cure = needs.cure(holding: held, isRoot: Privilege.isRoot)
        else { return self }
        var error = self
        error.cure = cure
        return error
    }
}
