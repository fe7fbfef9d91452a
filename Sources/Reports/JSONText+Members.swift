import FlowModel

// Members with a comma after each, which the closing bracket replaces: for what is written once an answer, or once a group.

extension JSONText {
    mutating func openKey(_ key: String) {
        append(UInt8(ascii: "\""))
        append(word: key)
        append(word: "\":")
    }

    /// Begins a member that is an object, to be ended by ``close(_:)``.
    mutating func openObject(_ key: String) {
        openKey(key)
        append(word: "{")
    }

    mutating func close(_ bracket: Unicode.Scalar) {
        let byte = UInt8(ascii: bracket)
        if isLast(UInt8(ascii: ",")) { replaceLast(by: byte) } else { append(byte) }
        append(UInt8(ascii: ","))
    }

    mutating func field(_ key: String, _ number: UInt64) {
        openKey(key)
        append(decimal: number)
        append(UInt8(ascii: ","))
    }

    mutating func field(_ key: String, _ flag: Bool) {
        openKey(key)
        append(word: flag ? "true," : "false,")
    }

    mutating func field(_ key: String, _ time: Timestamp) {
        openKey(key)
        append(UInt8(ascii: "\""))
        append(time)
        append(word: "\",")
    }

    mutating func field(_ key: String, text: String) {
        openKey(key)
        append(string: Array(text.utf8))
        append(UInt8(ascii: ","))
    }

    mutating func field(_ key: String, texts: [String]) {
        openKey(key)
        append(word: "[")
        for text in texts {
            append(string: Array(text.utf8))
            append(UInt8(ascii: ","))
        }
        close("]")
    }

    /// What else the reader must know.
    mutating func appendNotes(_ notes: [String]) { field("notes", texts: notes) }
}
