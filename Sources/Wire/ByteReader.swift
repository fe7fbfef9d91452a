public import FlowModel

/// Borrowed bytes with checked reads: the one place of this module where memory is loaded.
///
/// Every accessor checks its bounds and answers `nil`, or throws, where the bytes end too early; none can trap.
@frozen
public struct ByteReader: ~Escapable {
    public let bytes: RawSpan

    @inlinable
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan) { self.bytes = bytes }

    @inlinable
    public var count: Int { bytes.byteCount }

    /// Whether `size` bytes lie at `offset`. A negative offset is a great one as an unsigned number.
    @inlinable
    func has(_ size: Int, at offset: Int) -> Bool {
        size <= count && UInt(bitPattern: offset) <= UInt(bitPattern: count &- size)
    }

    @inlinable
    public func uint8(at offset: Int) -> UInt8? {
        guard has(1, at: offset) else { return nil }
        // SAFETY: the bounds were checked, and a UInt8 has neither alignment nor invalid bit patterns.
        return unsafe bytes.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    /// A number in the machine's order, which is netlink's own.
    @inlinable
    public func native<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type, at offset: Int) -> Number? {
        guard has(MemoryLayout<Number>.size, at: offset) else { return nil }
        // SAFETY: the bounds were checked, the load may be unaligned, and every bit pattern is an integer.
        return unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: Number.self)
    }

    /// A number in network order.
    @inlinable
    public func bigEndian<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type, at offset: Int) -> Number? {
        guard let number = native(type, at: offset) else { return nil }
        return Number(bigEndian: number)
    }

    /// The bytes from `start` to `end`, or as far of that range as there are bytes.
    @inlinable
    @inline(__always)
    @_lifetime(copy self)
    public func slice(from start: Int, to end: Int) -> ByteReader {
        let lower = Swift.min(Swift.max(0, start), count)
        let upper = Swift.min(Swift.max(lower, end), count)
        return ByteReader(bytes.extracting(lower..<upper))
    }

    /// The `size` bytes at `offset`; `nil` where not all of them are there.
    ///
    /// For a header with many words at fixed places: as its size is known, this one check stands for those of all of them.
    @inlinable
    @inline(__always)
    @_lifetime(copy self)
    func part(_ size: Int, at offset: Int) -> ByteReader? {
        // What is negative is great as an unsigned number, so that with a size of no more than the count the difference is not negative.
        guard UInt(bitPattern: size) <= UInt(bitPattern: count),
            UInt(bitPattern: offset) <= UInt(bitPattern: count &- size)
        else { return nil }
        // SAFETY: the bounds were checked.
        return ByteReader(unsafe bytes.extracting(unchecked: Range(uncheckedBounds: (offset, offset &+ size))))
    }

    /// The bytes from `start` on; `nil` where it lies outside, where ``slice(from:)`` answers with none.
    @inlinable
    @inline(__always)
    @_lifetime(copy self)
    public func rest(from start: Int) -> ByteReader? {
        guard UInt(bitPattern: start) <= UInt(bitPattern: count) else { return nil }
        // SAFETY: the bounds were checked.
        return ByteReader(unsafe bytes.extracting(unchecked: Range(uncheckedBounds: (start, count))))
    }

    /// The bytes from `start` on, as far as there are any.
    @inlinable
    @_lifetime(copy self)
    public func slice(from start: Int) -> ByteReader { slice(from: start, to: count) }

    /// The same bytes, typed.
    @inlinable
    public var span: Span<UInt8> {
        @_lifetime(copy self) get {
            Span<UInt8>(_bytes: bytes)
        }
    }

    /// The bytes in front of the first NUL: how the kernel ends its strings.
    @inlinable
    public var text: Span<UInt8> {
        @_lifetime(copy self) get {
            let span = self.span
            var length = 0
            while length < span.count, span[length] != 0 { length += 1 }
            return slice(from: 0, to: length).span
        }
    }
}

extension ByteReader {
    /// The whole of the bytes as one number in network order; throws unless they are exactly as many as it takes.
    @inlinable
    public func scalar<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) throws(WireFault) -> Number {
        guard count == MemoryLayout<Number>.size, let number = bigEndian(type, at: 0) else { throw .scalarLength }
        return number
    }
}

extension ByteReader {
    /// Whether the bytes are those of a text.
    func reads(_ text: String) -> Bool {
        count == text.utf8.count && text.utf8.enumerated().allSatisfy { uint8(at: $0) == $1 }
    }

    /// The whole of the bytes as an address on a link, such as Ethernet's; 0 where they are more than six.
    public var linkAddress: UInt64 {
        guard count <= 6 else { return 0 }
        var address: UInt64 = 0
        for place in 0..<count { address = address << 8 | UInt64(uint8(at: place) ?? 0) }
        return address
    }
}

extension ByteReader {
    /// A hash of the first 64 bytes: enough to tell a packet from the next one of its session.
    public var digest: UInt64 {
        var mixed = UInt64(count)
        var offset = 0
        while offset < 64, let word = native(UInt64.self, at: offset) {
            let product = (mixed ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
            mixed = product.high ^ product.low &+ UInt64(offset)
            offset += 8
        }
        while offset < 64, let byte = uint8(at: offset) {
            mixed = (mixed ^ UInt64(byte)) &* 0x9e37_79b9_7f4a_7c15
            offset += 1
        }
        return mixed
    }
}

extension [UInt8] {
    /// Appends borrowed bytes.
    @inlinable
    public mutating func append(_ bytes: RawSpan) {
        // SAFETY: the pointer is used within the closure only.
        unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }

    /// These bytes, borrowed for reading.
    @inlinable
    public var reader: ByteReader {
        @_lifetime(borrow self) get {
            // SAFETY: the array is borrowed for as long as the reader lives.
            ByteReader(unsafe span.bytes)
        }
    }
}
