internal import FlowModel

/// Values in rules as the firewall's tools write them; `nil` where a text is none that a tuple could be held against.
enum RuleWords {
    /// `10.0.0.1`, `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `10.0.0.1-10.0.0.9`, `2001:db8::/32`.
    static func addresses(_ text: some StringProtocol) -> AddressRange? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        if ends.count == 2, let first = IPAddress.parse(ends[0]), let last = IPAddress.parse(ends[1]) {
            return first.family == last.family ? AddressRange(first.address, last.address, family: first.family) : nil
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, let base = IPAddress.parse(first), parts.count <= 2 else { return nil }
        guard parts.count == 2 else { return IPPrefix(base.address, family: base.family).map(AddressRange.init) }
        let length = Int(parts[1]) ?? IPAddress.parse(parts[1]).flatMap { prefixLength(of: $0.address.ipv4Bits) }
        return IPPrefix(base.address, family: base.family, length: length ?? -1).map(AddressRange.init)
    }

    /// The length that a mask stands for; `nil` of one with holes.
    private static func prefixLength(of mask: UInt32) -> Int? {
        let length = (~mask).leadingZeroBitCount
        return mask.nonzeroBitCount == length ? length : nil
    }

    /// Ports or lengths: `80`, `1-1024` (nft), `1:1024` (iptables).
    static func numbers(_ text: some StringProtocol) -> ClosedRange<UInt16>? {
        let ends = text.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == ":" }.map { UInt16($0) }
        switch ends.count {
        case 1: return ends[0].map { $0...$0 }
        case 2:
            guard let first = ends[0], let last = ends[1], first <= last else { return nil }
            return first...last
        default: return nil
        }
    }

    /// Whether conntrack's events are limited to such that tell no ends: `mark`, and not `new,destroy`.
    static func hideEnds(_ events: String) -> Bool { !events.split(separator: ",").contains("destroy") }

    /// `5`, `0x00000005`.
    static func number(_ text: some StringProtocol) -> UInt32? {
        text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
    }

    /// `local`, `BROADCAST`. Others' (`unicast`, `blackhole`) only a route could tell.
    static func kind(_ text: some StringProtocol) -> AddressKind? {
        AddressKind(rawValue: text.lowercased()).flatMap { $0 == .foreign ? nil : $0 }
    }

    /// `tcp`, `ipv6-icmp`, `47`.
    static func transport(_ text: some StringProtocol) -> TransportProtocol? {
        TransportProtocol(keyword: text) ?? UInt8(text).map(TransportProtocol.init)
    }

    /// `echo-request`, `8`.
    static func icmpType(_ text: some StringProtocol, family: AddressFamily) -> UInt8? {
        if let number = UInt8(text) { return number }
        return (0...UInt8.max).first {
            ICMPMessage(type: $0, code: 0, identifier: nil, family: family).keyword.map { $0 == text } ?? false
        }
    }

    /// All of them, or `nil` where there is one that is not understood, or none at all.
    static func all<Text, Value>(_ texts: [Text], _ parse: (Text) -> Value?) -> [Value]? {
        let values = texts.compactMap(parse)
        return values.isEmpty || values.count != texts.count ? nil : values
    }
}
