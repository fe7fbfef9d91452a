import FlowModel

/// Writes JSON (RFC 8259) into borrowed memory, one part after the other; ``JSONPage`` lends it.
///
/// Fixed parts of the text, keys with their commas above all, are the ``JSONWords``. What comes from outside goes through
/// ``append(string:)``, so that the text is valid JSON and cannot steer a terminal.
struct JSONText: ~Copyable, ~Escapable {
    private var room: MutableSpan<UInt8>
    /// Bytes written so far.
    private(set) var count = 0
    let words: JSONWords
    var day: DayText
    private let quoted: QuotedNames

    /// - Parameter room: must suffice for everything that will be written, and 32 bytes more: too little is a programmer's
    ///   error, and traps.
    @_lifetime(copy room)
    init(_ room: consuming MutableSpan<UInt8>, words: JSONWords, day: DayText, quoted: QuotedNames) {
        self.quoted = quoted
        self.room = room
        self.words = words
        self.day = day
    }

    /// What is left when the text is written.
    struct End {
        var count: Int
        var day: DayText
    }

    var end: End { End(count: count, day: day) }

    // MARK: Parts

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        room[count] = byte
        count &+= 1
    }

    @inline(__always)
    mutating func append(_ text: borrowing ShortText) {
        store(text.words.0, at: count)
        store(text.words.1, at: count &+ 8)
        if text.count > 16 {
            store(text.words.2, at: count &+ 16)
            store(text.words.3, at: count &+ 24)
        }
        count &+= text.count
    }

    /// Appends the first `length` bytes of a word, 0 to 8, the lowest first.
    @inline(__always)
    mutating func append(_ word: UInt64, length: Int) {
        store(word, at: count)
        count &+= length
    }

    func isLast(_ byte: UInt8) -> Bool { count > 0 && room[count - 1] == byte }

    /// Appends `bytes` up to the first for which `isPlain` is false, and says how many these were.
    @inline(__always)
    mutating func append(_ bytes: [UInt8], while isPlain: (UInt8) -> Bool) -> Int {
        let start = count
        let length = bytes.count
        precondition(start >= 0 && start <= room.count - length, "the page is too small")
        var index = 0
        while index < length, isPlain(bytes[index]) {
            room[start + index] = bytes[index]
            index += 1
        }
        count = start + index
        return index
    }

    mutating func dropLast() { count &-= 1 }

    /// Makes the last byte another: the comma after an array's last element its bracket.
    mutating func replaceLast(by byte: UInt8) { room[count - 1] = byte }

    /// Eight bytes at once: after the one check of the bounds the optimiser knows the other eight, and makes one store.
    @inline(__always)
    private mutating func store(_ word: UInt64, at offset: Int) {
        precondition(offset >= 0 && offset <= room.count - 8, "the page is too small")
        room[offset] = UInt8(truncatingIfNeeded: word)
        room[offset + 1] = UInt8(truncatingIfNeeded: word >> 8)
        room[offset + 2] = UInt8(truncatingIfNeeded: word >> 16)
        room[offset + 3] = UInt8(truncatingIfNeeded: word >> 24)
        room[offset + 4] = UInt8(truncatingIfNeeded: word >> 32)
        room[offset + 5] = UInt8(truncatingIfNeeded: word >> 40)
        room[offset + 6] = UInt8(truncatingIfNeeded: word >> 48)
        room[offset + 7] = UInt8(truncatingIfNeeded: word >> 56)
    }
}

extension JSONText {
    // MARK: Members: the key is one of the words

    @inline(__always)
    mutating func field(_ key: borrowing ShortText, _ number: UInt64) {
        append(key)
        append(decimal: number)
    }

    /// A word of nfmon's own, which needs no escaping; the key ends in the opening quote.
    @inline(__always)
    mutating func field(_ key: borrowing ShortText, _ word: borrowing ShortText) {
        append(key)
        append(word)
        append(UInt8(ascii: "\""))
    }

    /// A time in microseconds; the key ends in the opening quote.
    mutating func field(_ key: borrowing ShortText, _ time: Timestamp) {
        append(key)
        append(time)
        append(UInt8(ascii: "\""))
    }

    /// A name of a rule or a helper.
    mutating func field(_ key: borrowing ShortText, _ name: NameID, _ names: borrowing NameBook) {
        append(key)
        append(name, names)
    }

    /// The name of an interface.
    mutating func field(_ key: borrowing ShortText, interface: InterfaceIndex, _ names: borrowing NameBook) {
        append(key)
        if let name = names.number(ofInterface: interface) {
            append(name, names)
        } else {
            append(string: names.interface(interface))
        }
    }

    @inline(__always)
    private mutating func append(_ name: NameID, _ names: borrowing NameBook) {
        let string = quoted[name]
        if string.count > 0 { append(string) } else { append(string: names.bytes(of: name)) }
    }

    /// Appends a text of nfmon's own that needs no escaping.
    mutating func append(word: String) {
        for byte in word.utf8 { append(byte) }
    }

    @inline(__always)
    mutating func closeObject() { append(UInt8(ascii: "}")) }
}
