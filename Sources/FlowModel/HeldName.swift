/// A name that keeps its number while somebody has this: a filter, which asks for the number for as long as it lives.
public final class HeldName: Sendable {
    public let number: NameID
    private let table: NameTable

    /// - Returns: `nil` where there is no such name: whoever merely asks for one makes none.
    public init?(_ bytes: some Sequence<UInt8>, in table: NameTable) {
        guard let number = table.hold(bytes) else { return nil }
        self.number = number
        self.table = table
    }

    deinit { table.release(number) }
}

extension HeldName: Hashable {
    public static func == (left: HeldName, right: HeldName) -> Bool {
        left.number == right.number && left.table === right.table
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(number) }
}
