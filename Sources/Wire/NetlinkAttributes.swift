public import FlowModel

/// A cursor over netlink attributes: type, length and value, each aligned to four bytes (`struct nlattr`).
///
/// ```
/// var attributes = NetlinkAttributes(bytes)
/// while try attributes.next() {
///     switch attributes.type { … attributes.payload … }
/// }
/// ```
@frozen
public struct NetlinkAttributes: ~Escapable {
    @usableFromInline var rest: ByteReader
    /// The attribute's number without the flags for nesting and byte order (`NLA_TYPE_MASK`).
    public var type: UInt16 = 0
    /// The value of the attribute that ``next()`` went to.
    public var payload: ByteReader

    @inlinable
    @_lifetime(copy bytes)
    public init(_ bytes: ByteReader) {
        rest = bytes
        payload = bytes.slice(from: 0, to: 0)
    }

    /// Goes to the next attribute; `false` at the end. Fewer than four bytes at the end are padding.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    public mutating func next() throws(WireFault) -> Bool {
        guard rest.count >= 4, let length = rest.native(UInt16.self, at: 0), let type = rest.native(UInt16.self, at: 2)
        else { return false }
        guard length >= 4, Int(length) <= rest.count else { throw .attributeLength }
        self.type = type & 0x3fff
        payload = rest.slice(from: 4, to: Int(length))
        rest = rest.slice(from: (Int(length) + 3) & ~3)
        return true
    }

    /// The attribute's value as a number in network order; throws unless it has exactly the number's size.
    @inlinable
    @inline(__always)
    public func scalar<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) throws(WireFault) -> Number {
        try payload.scalar(type)
    }
}
