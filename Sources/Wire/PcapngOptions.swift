/// A cursor over the options at the end of a pcapng block: `code (2), length (2), value`, each padded to four bytes.
struct PcapngOptions: ~Escapable {
    private var rest: ByteReader
    private let isSwapped: Bool
    private(set) var code: UInt16 = 0
    /// The value of the option that ``next()`` went to.
    private(set) var value: ByteReader

    @_lifetime(copy bytes)
    init(_ bytes: ByteReader, isSwapped: Bool) {
        rest = bytes
        value = bytes.slice(from: 0, to: 0)
        self.isSwapped = isSwapped
    }

    /// Goes to the next option; `false` behind the last one, be its end marked (code 0) or not.
    @_lifetime(self: copy self)
    mutating func next() throws(SavefileFault) -> Bool {
        guard rest.count > 0 else { return false }
        guard let code = rest.number(UInt16.self, at: 0, isSwapped: isSwapped),
            let length = rest.number(UInt16.self, at: 2, isSwapped: isSwapped)
        else { throw .block }
        guard code != 0 else { return false }
        let end = 4 + Int(length)
        guard end <= rest.count else { throw .block }
        self.code = code
        value = rest.slice(from: 4, to: end)
        rest = rest.slice(from: (end + 3) & ~3)
        return true
    }
}
