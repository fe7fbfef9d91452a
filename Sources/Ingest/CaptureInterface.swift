internal import CLinux
internal import FlowModel
internal import Glibc
internal import Wire

/// An interface as a capture finds it, by its name; the number may be another one's tomorrow.
struct CaptureInterface: Sendable {
    /// The name that means all of them, as with tcpdump.
    static let all = "any"

    let name: String
    /// 0 is all of them.
    let index: InterfaceIndex

    /// - Throws: where there is none of that name, with the names that there are.
    init(named name: String) throws(IngestError) {
        self.name = name
        guard name != Self.all else {
            index = 0
            return
        }
        // SAFETY: the name is a NUL-terminated copy for the call.
        index = unsafe if_nametoindex(name)
        guard index != 0 else {
            throw IngestError(
                .unavailable, Self.operation(on: name), reason: "there is no such interface", cure: Self.choice)
        }
    }

    /// Those of the names.
    ///
    /// - Throws: where one of them is not there, or shows what a capture cannot read; where two are names of one, which would be captured twice.
    static func chosen(_ names: [String]) throws(IngestError) -> [CaptureInterface] {
        var found: [CaptureInterface] = []
        for name in names {
            let interface = try CaptureInterface(named: name)
            try interface.requirePackets()
            if let same = found.first(where: { $0.index == interface.index }) {
                throw IngestError(
                    .wording, interface.operation, reason: "it is the same interface as \(same.name)",
                    cure: "leave out one of the two names")
            }
            found.append(interface)
        }
        return found
    }

    /// What is done there, for errors.
    var operation: String { Self.operation(on: name) }

    private static func operation(on name: String) -> String { "capture on \(name)" }

    /// What there is instead: some of the names, as a host of containers has thousands.
    private static var choice: String {
        let names = names
        let shown = names.prefix(20).joined(separator: ", ")
        return "there are \(shown), \(names.count > 20 ? "\(names.count - 20) more, " : "")and \(all)"
    }

    /// The names of all interfaces of the network namespace.
    static var names: [String] {
        // SAFETY: the list ends with an entry without a name, each other one has a NUL-terminated one, and it is given back here only.
        guard let list = unsafe if_nameindex() else { return [] }
        defer { unsafe if_freenameindex(list) }
        var names: [String] = []
        var entry = unsafe list
        while let name = unsafe entry.pointee.if_name {
            unsafe names.append(String(cString: name))
            unsafe entry += 1
        }
        return names
    }

    /// Whether it passes nothing, as it is down; nobody can say that of all.
    var isDown: Bool {
        guard index != 0 else { return false }
        guard let currentName else { return true }
        // SAFETY: the name is a NUL-terminated copy for the call.
        let flags = unsafe nfmon_interface_flags(currentName)
        return flags < 0 || flags & Int32(IFF_UP) == 0
    }

    /// Whether the interface with this number is gone.
    var isGone: Bool { index != 0 && currentName == nil }

    /// What the interface with this number is called now: a capture stays with it when it is renamed.
    private var currentName: String? { Self.name(of: index) }

    /// What the interface with a number is called; `nil` where there is none.
    static func name(of index: InterfaceIndex) -> String? {
        var name = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
        // SAFETY: the array has as many bytes as a name takes at most.
        guard unsafe if_indextoname(index, &name) != nil else { return nil }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether there is one of the name.
    var isThere: Bool {
        // SAFETY: the name is a NUL-terminated copy for the call.
        let current = unsafe if_nametoindex(name)
        return index == 0 || current != 0
    }

    /// Whether its frames begin with an Ethernet header.
    var isEthernet: Bool { hardware.map(RingLayout.isEthernet) ?? false }

    /// What kind of hardware it is (if_arp.h); `nil` of all, and of one that is gone.
    private var hardware: UInt16? {
        // SAFETY: the name is a NUL-terminated copy for the call.
        let number = unsafe nfmon_interface_hardware(name)
        return index == 0 ? nil : UInt16(exactly: number)
    }

    /// Makes sure that what passes are network packets, and not radio frames (ARPHRD_IEEE80211 and its kin), netlink messages or those of a
    /// vehicle's bus.
    private func requirePackets() throws(IngestError) {
        guard let hardware, [280, 801, 802, 803, 804, 824, 826].contains(hardware) else { return }
        throw IngestError(
            .unavailable, operation, reason: "what passes there are no network packets (hardware type \(hardware))",
            cure: "tcpdump may know them")
    }
}
