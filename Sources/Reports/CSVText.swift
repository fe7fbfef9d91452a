public import FlowModel
public import Query

/// Writes rows of comma-separated values (RFC 4180), with two particulars.
///
/// Lines end in LF, as every Unix tool's do, not in CRLF. And no field holds a line break or another control character:
/// texts are escaped as for a terminal (``TerminalText``), reversibly, so that a row is a line. Nothing else is altered: a
/// rule whose name begins with `=` stays so, and whoever opens the file in a spreadsheet should import it as text.
/// An unknown value is an empty field.
public struct CSVText: Sendable {
    /// What was written so far.
    public var bytes: [UInt8] = []
    private var isRowBegun = false
    private var scratch: [UInt8] = []

    public init() {}

    /// Writes a row of column names.
    public mutating func header(_ names: [String]) {
        for name in names { word(name) }
        endRow()
    }

    public mutating func endRow() {
        bytes.append(UInt8(ascii: "\n"))
        isRowBegun = false
    }

    /// So many unknown values.
    public mutating func skip(_ count: Int = 1) {
        for _ in 0..<count { separate() }
    }

    /// A word of nfmon's own, which needs neither escaping nor quotes.
    public mutating func word(_ word: String?) {
        separate()
        if let word { bytes.append(contentsOf: word.utf8) }
    }

    mutating func word(_ word: borrowing ShortText) {
        separate()
        word.append(to: &bytes)
    }

    public mutating func number(_ number: UInt64?) {
        separate()
        if let number { bytes.appendDecimal(number) }
    }

    public mutating func time(_ time: Timestamp?) {
        separate()
        time?.append(to: &bytes)
    }

    /// An address and a port, as two fields.
    public mutating func endpoint(_ endpoint: Endpoint?) {
        separate()
        if let endpoint { endpoint.address.append(to: &bytes, family: endpoint.family) }
        number(endpoint?.port.map(UInt64.init))
    }

    /// A text from outside, escaped, and quoted where it must be.
    public mutating func text(_ text: [UInt8]) {
        separate()
        scratch.removeAll(keepingCapacity: true)
        TerminalText.append(text, to: &scratch)
        guard scratch.contains(where: Self.needsQuotes) else {
            bytes.append(contentsOf: scratch)
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in scratch {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Spaces are quoted too: some readers trim them.
    private static func needsQuotes(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: " ")
    }

    mutating func separate() {
        if isRowBegun { bytes.append(UInt8(ascii: ",")) }
        isRowBegun = true
    }
}

extension [UInt8] {
    /// Appends a row of column names, and the rows that `write` writes.
    mutating func appendRows(_ columns: [String], _ write: (inout CSVText) -> Void) {
        var csv = CSVText()
        swap(&csv.bytes, &self)
        csv.header(columns)
        write(&csv)
        swap(&csv.bytes, &self)
    }
}
