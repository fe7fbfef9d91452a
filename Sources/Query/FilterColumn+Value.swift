import FlowModel

extension FilterColumn {
    /// What comparing the column with a value means; `nil` where the text is no value of the column.
    ///
    /// - Parameter comparison: one that needs an order of a column that has one only.
    func tree(
        _ comparison: FilterComparison, _ value: FilterToken, names: NameTable
    ) -> BooleanTree<SessionTest>? {
        let text = value.text
        guard comparison.needsOrder else {
            guard let tree = equality(value, names: names) else { return nil }
            guard comparison == .notEqual else { return tree }
            // `src and dst net != X` means that neither is in it, as `src or dst net != X` does.
            if case .all(let sides) = tree, isOfBothSides { return .all(sides.map(\.negated)) }
            return tree.negated
        }
        switch self {
        case .port(let sides):
            guard let value: UInt16 = Self.digits(text) else { return nil }
            return comparison.range(value).map { range in sides.tree { .port($0, range) } }
        case .zone: return Self.digits(text).flatMap { Self.test(comparison.range($0)) { .zone($0) } }
        case .transport: return Self.transport(text).flatMap { Self.test(comparison.range($0)) { .transport($0) } }
        case .attempts: return Self.number(text).flatMap { Self.test(comparison.range($0)) { .attempts($0) } }
        case .user: return Self.digits(text).flatMap { Self.test(comparison.range($0)) { .user($0) } }
        case .userGroup: return Self.digits(text).flatMap { Self.test(comparison.range($0)) { .userGroup($0) } }
        case .vlan: return Self.vlan(text).flatMap { Self.test(comparison.range($0)) { .vlan($0) } }
        case .bytes: return Self.number(text).flatMap { Self.test(comparison.range($0)) { .bytes($0) } }
        case .packets: return Self.number(text).flatMap { Self.test(comparison.range($0)) { .packets($0) } }
        case .byteRate: return Self.number(text).flatMap { Self.test(comparison.range($0)) { .byteRate($0) } }
        case .packetRate: return Self.number(text).flatMap { Self.test(comparison.range($0)) { .packetRate($0) } }
        case .duration: return Self.duration(text).flatMap { Self.test(comparison.range($0)) { .duration($0) } }
        case .start: return Self.start(comparison, text)
        default: return nil
        }
    }

    private func equality(_ value: FilterToken, names: NameTable) -> BooleanTree<SessionTest>? {
        let text = value.text
        func test(_ subject: SessionTest.Subject) -> BooleanTree<SessionTest> { .test(SessionTest(subject)) }
        let word = text.lowercased()
        switch self {
        case .address(let sides): return Self.prefix(text).map { prefix in sides.tree { .address($0, prefix) } }
        case .port(let sides): return Self.portRange(text).map { range in sides.tree { .port($0, range) } }
        case .family:
            switch word {
            case "ipv4", "inet", "ip", "4": return test(.family(.ipv4))
            case "ipv6", "inet6", "ip6", "6": return test(.family(.ipv6))
            default: return nil
            }
        case .transport: return Self.transport(text).map { test(.transport($0...$0)) }
        case .zone: return Self.digits(text).map { test(.zone($0...$0)) }
        case .mark: return Self.mark(text)
        case .state: return TCPState(keyword: word).map { test(.state($0)) }
        case .status: return StatusWord(word).map { .test($0.test) }
        case .verdict: return [.accept, .drop, .reject].first { $0.keyword == word }.map { test(.verdict($0)) }
        case .rule: return NameTest(value, names: names).map { test(.rule($0)) }
        case .prefix: return Self.rulePrefix(value, names: names)
        case .ingress: return NameTest(value, names: names).map { test(.ingress($0)) }
        case .egress: return NameTest(value, names: names).map { test(.egress($0)) }
        case .interface: return NameTest(value, names: names).map { .any([test(.ingress($0)), test(.egress($0))]) }
        case .helper: return NameTest(value, names: names).map { test(.helper($0)) }
        case .exactness: return Exactness.allCases.first { $0.keyword == word }.map { test(.exactness($0)) }
        case .lane: return Lane.allCases.first { $0.keyword == word }.map { test(.lane($0)) }
        case .attempts: return Self.number(text).map { test(.attempts($0...$0)) }
        case .user: return Self.digits(text).map { test(.user($0...$0)) }
        case .userGroup: return Self.digits(text).map { test(.userGroup($0...$0)) }
        case .vlan: return Self.vlan(text).map { test(.vlan($0...$0)) }
        case .sender: return HardwareAddress.parse(text).map { test(.sender($0)) }
        case .physicalIngress: return NameTest(value, names: names).map { test(.physicalIngress($0)) }
        case .physicalEgress: return NameTest(value, names: names).map { test(.physicalEgress($0)) }
        case .bytes: return Self.number(text).map { test(.bytes($0...$0)) }
        case .packets: return Self.number(text).map { test(.packets($0...$0)) }
        case .byteRate: return Self.number(text).map { test(.byteRate($0...$0)) }
        case .packetRate: return Self.number(text).map { test(.packetRate($0...$0)) }
        case .duration: return Self.duration(text).map { test(.duration($0...$0)) }
        case .start:
            return Timestamp.parse(text).map { test(.start($0.lowerBound.nanoseconds...$0.upperBound.nanoseconds)) }
        case .measure: return nil
        }
    }

    private var isOfBothSides: Bool {
        switch self {
        case .address(let sides), .port(let sides): sides.areAllMeant
        default: false
        }
    }

    /// A test of the values that compare so; `nil` where none does.
    private static func test<Value>(
        _ range: ClosedRange<Value>?, _ subject: (ClosedRange<Value>) -> SessionTest.Subject
    ) -> BooleanTree<SessionTest>? {
        range.map { .test(SessionTest(subject($0))) }
    }

    // MARK: Values

    /// A number in decimal digits alone.
    private static func digits<Number: FixedWidthInteger>(_ text: some StringProtocol) -> Number? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Number(text) : nil
    }

    /// An address, or a network: `10.0.0.0/8`, and without the octets that do not matter `10/8` or tcpdump's `192.168`.
    private static func prefix(_ text: String) -> IPPrefix? {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let length: Int? = parts.count == 2 ? digits(parts[1]) : nil
        guard parts.count == 1 || length != nil else { return nil }
        if let (address, family) = IPAddress.parse(parts[0]) {
            return IPPrefix(address, family: family, length: length)
        }
        // A number alone is more likely a mistake than the network of 2^24 addresses.
        guard let (address, count) = IPAddress.parse(octets: parts[0]), length != nil || count > 1 else { return nil }
        return IPPrefix(address, family: .ipv4, length: length ?? 8 * count)
    }

    /// A port, or two with `-` or tcpdump's `:` between them.
    private static func portRange(_ text: String) -> ClosedRange<UInt16>? {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == ":" }
        guard parts.count <= 2, let first: UInt16 = digits(parts[0]), let last: UInt16 = digits(parts[parts.count - 1]),
            first <= last
        else { return nil }
        return first...last
    }

    /// A protocol by number or name, which tcpdump wants escaped where it is one of its own words.
    private static func transport(_ text: String) -> UInt8? {
        digits(text) ?? TransportProtocol(keyword: text.drop { $0 == "\\" }.lowercased())?.rawValue
    }

    private static func vlan(_ text: String) -> UInt16? {
        guard let number: UInt16 = digits(text), number < 4096 else { return nil }
        return number
    }

    /// A mark, in decimal or with 0x, and the mask behind a slash, as iptables writes it.
    private static func mark(_ text: String) -> BooleanTree<SessionTest>? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { part in
            part.lowercased().hasPrefix("0x") && part.dropFirst(2).allSatisfy(\.isHexDigit)
                ? UInt32(part.dropFirst(2), radix: 16) : digits(part)
        }
        guard parts.count <= 2, let value = parts[0], let mask = parts.count == 2 ? parts[1] : .max else { return nil }
        // Bits outside of the mask are never equal: a mistake.
        guard value & ~mask == 0 else { return nil }
        return .test(SessionTest(.mark(value: value, mask: mask)))
    }

    /// Before, at or after a time: one that is written out, or so long ago as `-10m` and `10m` say.
    private static func start(_ comparison: FilterComparison, _ text: String) -> BooleanTree<SessionTest>? {
        guard let time = Timestamp.parse(text) else {
            guard let ago = duration(text.first == "-" ? String(text.dropFirst()) : text) else { return nil }
            // Who began later began less long ago.
            return test(comparison.reversed.range(ago)) { .age($0) }
        }
        let (first, last) = (time.lowerBound.nanoseconds, time.upperBound.nanoseconds)
        let range: ClosedRange<Int64> =
            switch comparison {
            case .less: Int64.min...(first - 1)
            case .lessOrEqual: Int64.min...last
            case .greater: (last + 1)...Int64.max
            default: first...Int64.max
            }
        return .test(SessionTest(.start(range)))
    }

    /// A whole number, with k, M, G or T (powers of 1,000), or Ki, Mi, Gi or Ti (powers of 1,024) behind it.
    static func number(_ text: String) -> UInt64? {
        var digits = Substring(text)
        if digits.last == "b" || digits.last == "B" { digits = digits.dropLast() }
        let isBinary = digits.last == "i"
        if isBinary { digits = digits.dropLast() }
        var power = 0
        if let letter = digits.last?.lowercased(), let place = ["k", "m", "g", "t"].firstIndex(of: letter) {
            power = place + 1
            digits = digits.dropLast()
        }
        guard !isBinary || power > 0, digits.allSatisfy({ ("0"..."9").contains($0) || $0 == "." }) else { return nil }
        var scale: UInt64 = 1
        for _ in 0..<power { scale *= isBinary ? 1024 : 1000 }
        if let whole = UInt64(digits) {
            let (product, overflows) = whole.multipliedReportingOverflow(by: scale)
            return overflows ? nil : product
        }
        guard power > 0, let fraction = Double(digits), fraction * Double(scale) < 1e18 else { return nil }
        return UInt64(fraction * Double(scale))
    }

    /// A prefix as the rule has it: read as the kernel's are, so that `drop:ssh` asks for verdict and rule.
    private static func rulePrefix(_ value: FilterToken, names: NameTable) -> BooleanTree<SessionTest>? {
        let bytes = Array(value.text.utf8)
        let prefix = RulePrefix(bytes.span)
        let rule = value.replacing(text: String(decoding: bytes[prefix.name], as: UTF8.self))
        var parts: [BooleanTree<SessionTest>] = []
        if prefix.verdict != .unknown { parts.append(.test(SessionTest(.verdict(prefix.verdict)))) }
        if let name = NameTest(rule, names: names) { parts.append(.test(SessionTest(.rule(name)))) }
        return parts.isEmpty ? nil : .all(parts)
    }

    private static func duration(_ text: String) -> UInt64? {
        text.allSatisfy { $0 == "0" } && !text.isEmpty ? 0 : DurationText.nanoseconds(in: text, unit: nil)
    }
}

extension FilterColumn.Sides {
    fileprivate func tree(_ subject: (SessionTest.Side) -> SessionTest.Subject) -> BooleanTree<SessionTest> {
        let parts = sides.map { BooleanTree.test(SessionTest(subject($0))) }
        return parts.count == 1 ? parts[0] : areAllMeant ? .all(parts) : .any(parts)
    }
}
