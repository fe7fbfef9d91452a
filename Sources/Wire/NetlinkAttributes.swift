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
    @usableFromInline let bytes: ByteReader
    @usableFromInline var offset = 0
    @usableFromInline var start = 0
    @usableFromInline var end = 0
    /// The attribute's number without the flags for nesting and byte order (`NLA_TYPE_MASK`).
    public var type: UInt16 = 0

    @inlinable
    @_lifetime(copy bytes)
    public init(_ bytes: ByteReader) { self.bytes = bytes }

    /// Goes to the next attribute; `false` at the end. Fewer than four bytes at the end are padding.
    @inlinable
    @inline(__always)
    public mutating func next() throws(WireFault) -> Bool {
        guard let length = bytes.native(UInt16.self, at: offset), let type = bytes.native(UInt16.self, at: offset + 2)
        else { return false }
        guard length >= 4, Int(length) <= bytes.count - offset else { throw .attributeLength }
        self.type = type & 0x3fff
        start = offset + 4
        end = offset + Int(length)
        offset += (Int(length) + 3) & ~3
        return true
    }

    /// The value of the attribute that ``next()`` went to.
    @inlinable
    public var payload: ByteReader {
        @_lifetime(copy self) get { bytes.slice(from: start, to: end) }
    }
}
