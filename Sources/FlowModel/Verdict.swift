/// What became of a packet, as the prefix of the rule that logged it says.
///
/// The kernel does not tell: the convention is `VERDICT:RULE`, for example `drop:ssh-bruteforce`. Any other prefix is the
/// name of a rule whose verdict is unknown.
public enum Verdict: UInt8, Sendable {
    case unknown = 0
    case accept = 1
    case drop = 2
    case reject = 3

    /// Whether the packet was refused.
    @inlinable
    public var isDenial: Bool { self == .drop || self == .reject }

    /// The word of the convention, `nil` for ``unknown``.
    public var keyword: String? {
        switch self {
        case .unknown: nil
        case .accept: "accept"
        case .drop: "drop"
        case .reject: "reject"
        }
    }
}

/// A prefix read by the convention.
public struct RulePrefix: Sendable {
    public var verdict: Verdict
    /// Which bytes of the prefix are the rule's name.
    public var name: Range<Int>

    /// Reads the verdict in front of the first colon. Blanks between the two and behind the name are no part of it, so that
    /// `"drop: "`, which LOG rules often carry, is a verdict without a rule.
    public init(_ prefix: Span<UInt8>) {
        verdict = .unknown
        var end = prefix.count
        while end > 0, prefix[end - 1] == UInt8(ascii: " ") { end -= 1 }
        name = 0..<end
        guard let colon = prefix.indices.first(where: { prefix[$0] == UInt8(ascii: ":") }) else { return }
        guard let verdict = Verdict(keyword: prefix, length: colon) else { return }
        self.verdict = verdict
        var start = colon + 1
        while start < end, prefix[start] == UInt8(ascii: " ") { start += 1 }
        name = start..<max(start, end)
    }
}

extension Verdict {
    /// The verdict named by the first `length` bytes of `text`, in either case.
    init?(keyword text: Span<UInt8>, length: Int) {
        let candidate: Verdict
        switch length {
        case 4: candidate = .drop
        case 6: candidate = text[0] | 0x20 == UInt8(ascii: "a") ? .accept : .reject
        default: return nil
        }
        var offset = 0
        for letter in (candidate.keyword ?? "").utf8 {
            guard text[offset] | 0x20 == letter else { return nil }
            offset += 1
        }
        self = candidate
    }
}
