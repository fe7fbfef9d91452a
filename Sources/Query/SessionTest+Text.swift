import FlowModel

extension SessionTest {
    /// The test in the spelling that nfmon reads it as.
    func text(_ names: Names) -> String {
        func equal(_ column: String, _ value: String?) -> String {
            FilterText.equality(column, value ?? "?", isNegated)
        }
        return switch subject {
        case .family(let family): equal("family", family == .ipv4 ? "ipv4" : "ipv6")
        case .transport(let range):
            FilterText.range("proto", range, isNegated) { TransportProtocol(rawValue: $0).keyword ?? String($0) }
        case .address(let side, let prefix): equal(side.addressName, prefix.text)
        case .port(let side, let range): FilterText.range(side.portName, range, isNegated)
        case .zone(let range): FilterText.range("zone", range, isNegated)
        case .mark(let value, let mask): equal("mark", Self.mark(value, mask))
        case .state(let state): equal("state", state.keyword)
        case .status(let bits):
            equal("status", StatusWord.allCases.first { $0.test == SessionTest(.status(bits)) }?.rawValue)
        case .verdict(let verdict): equal("verdict", verdict.keyword)
        case .denied: isNegated ? "not denied" : "denied"
        case .rule(let name): equal("rule", FilterText.name(name, names))
        case .ingress(let name): equal("iif", FilterText.name(name, names))
        case .egress(let name): equal("oif", FilterText.name(name, names))
        case .helper(let name): equal("helper", FilterText.name(name, names))
        case .lane(let lane): equal("lane", lane.keyword)
        case .exactness(let exactness): equal("exactness", exactness.keyword)
        case .attempts(let range): FilterText.range("attempts", range, isNegated)
        case .user(let range): FilterText.range("uid", range, isNegated)
        case .userGroup(let range): FilterText.range("gid", range, isNegated)
        case .sender(let address): equal("mac", address.text)
        case .vlan(let range): FilterText.range("vlan", range, isNegated)
        case .physicalIngress(let name): equal("physin", FilterText.name(name, names))
        case .physicalEgress(let name): equal("physout", FilterText.name(name, names))
        case .bytes(let range): FilterText.range("bytes", range, isNegated)
        case .packets(let range): FilterText.range("packets", range, isNegated)
        case .byteRate(let range): FilterText.range("rate", range, isNegated)
        case .packetRate(let range): FilterText.range("pps", range, isNegated)
        case .duration(let range): FilterText.range("duration", range, isNegated, write: DurationText.text)
        case .start(let range): Self.start(range, isNegated)
        case .age(let range): Self.age(range, isNegated)
        }
    }

    /// The column that it asks for.
    var columnName: String {
        // The spelling begins with it, unless the whole is denied.
        let words = SessionTest(subject).text(NameTable().snapshot).split(separator: " ")
        return String(words.first ?? "")
    }

    static func mark(_ value: UInt32, _ mask: UInt32) -> String {
        let value = "0x\(String(value, radix: 16))"
        return mask == .max ? value : "\(value)/0x\(String(mask, radix: 16))"
    }

    /// A moment as it was written, or all before it or from it on.
    private static func start(_ range: ClosedRange<Int64>, _ isNegated: Bool) -> String {
        func time(_ nanoseconds: Int64, digits: Int) -> String {
            var text: [UInt8] = []
            Timestamp(nanoseconds: nanoseconds).append(to: &text, fractionDigits: digits)
            return String(decoding: text, as: UTF8.self)
        }
        let not = isNegated ? "not " : ""
        if range.lowerBound == .min { return "\(not)start <= \(time(range.upperBound, digits: 9))" }
        if range.upperBound == .max { return "\(not)start >= \(time(range.lowerBound, digits: 9))" }
        // A text of fewer digits means all the moments that begin with it.
        var (width, digits) = (1 as Int64, 9)
        while width < Int64(range.count), digits > 0 { (width, digits) = (width * 10, digits - 1) }
        if range.count == 86_400_000_000_000 {
            return FilterText.equality("start", String(time(range.lowerBound, digits: 0).prefix(10)), isNegated)
        }
        return FilterText.equality("start", time(range.lowerBound, digits: digits), isNegated)
    }

    /// Less long ago is later.
    private static func age(_ range: ClosedRange<UInt64>, _ isNegated: Bool) -> String {
        let text = FilterText.range("start", range, isNegated) { "-\(DurationText.text(nanoseconds: $0))" }
        return String(text.map { $0 == "<" ? ">" : $0 == ">" ? "<" : $0 })
    }
}

extension SessionTest.Side {
    var addressName: String {
        switch self {
        case .source: "src"
        case .destination: "dst"
        case .translatedSource: "natsrc"
        case .translatedDestination: "natdst"
        }
    }

    var portName: String {
        switch self {
        case .source: "sport"
        case .destination: "dport"
        case .translatedSource: "natsport"
        case .translatedDestination: "natdport"
        }
    }
}

extension IPPrefix {
    /// The address, and how many of its bits matter where not all do.
    var text: String {
        var text: [UInt8] = []
        address.append(to: &text, family: family)
        let isWhole = length == (family == .ipv4 ? 32 : 128)
        return String(decoding: text, as: UTF8.self) + (isWhole ? "" : "/\(length)")
    }
}

extension HardwareAddress {
    var text: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }
}
