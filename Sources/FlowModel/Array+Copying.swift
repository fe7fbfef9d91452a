extension [UInt8] {
    /// A copy of borrowed bytes.
    public init(copying bytes: Span<UInt8>) {
        self.init()
        reserveCapacity(bytes.count)
        for offset in bytes.indices { append(bytes[offset]) }
    }
}
