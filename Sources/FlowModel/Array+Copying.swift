extension [UInt8] {
    /// A copy of borrowed bytes.
    public init(copying bytes: Span<UInt8>) {
        self.init()
        reserveCapacity(bytes.count)
        for offset in bytes.indices { append(bytes[offset]) }
    }
}

extension Array {
    /// A copy of a part that has no more room than it needs: `Array(part)` of a part that is a whole array shares that array's
    /// memory, with all the room that the other had to grow.
    public init(exactly part: ArraySlice<Element>) {
        self.init()
        reserveCapacity(part.count)
        append(contentsOf: part)
    }
}
