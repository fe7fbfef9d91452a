/// A session's sort key as a plain number, wide enough for an address.
public struct SortValue: Hashable, Sendable {
    @usableFromInline var isKnown: Bool
    @usableFromInline var high: UInt64
    @usableFromInline var low: UInt64

    /// The value of a session that does not have the key.
    public static var unknown: SortValue { SortValue(isKnown: false, high: 0, low: 0) }

    @inlinable
    init(isKnown: Bool, high: UInt64, low: UInt64) {
        self.isKnown = isKnown
        self.high = high
        self.low = low
    }

    @inlinable
    public init(high: UInt64 = 0, low: UInt64) {
        self.init(isKnown: true, high: high, low: low)
    }

    @inlinable
    public init(_ value: UInt64) { self.init(low: value) }

    /// A signed number, mapped so that the order is kept.
    @inlinable
    public init(signed value: Int64) { self.init(low: UInt64(bitPattern: value) ^ 1 << 63) }

    /// The value that ranks the other way round; unknown stays unknown.
    @inlinable
    var reversed: SortValue { SortValue(isKnown: isKnown, high: isKnown ? ~high : 0, low: isKnown ? ~low : 0) }
}

extension SortValue: Comparable {
    /// Unknown is less than every number.
    @inlinable
    public static func < (left: SortValue, right: SortValue) -> Bool {
        if left.isKnown != right.isKnown { return right.isKnown }
        return left.high != right.high ? left.high < right.high : left.low < right.low
    }
}
