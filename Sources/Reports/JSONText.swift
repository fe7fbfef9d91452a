public import FlowModel

/// Writes JSON (RFC 8259) as bytes, one value after the other, without building it first.
///
/// What is written is pure ASCII where it matters: nothing in it can steer a terminal (see ``append(string:)``). The caller
/// opens and closes; commas are the writer's.
public struct JSONText: Sendable {
    /// What was written so far.
    public var bytes: [UInt8] = []

    public init() {}

    // MARK: Structure

    /// Begins an object that is a value by itself or in an array.
    @inline(__always)
    public mutating func openObject() {
        separate()
        bytes.append(UInt8(ascii: "{"))
    }

    /// Begins an object that is a member.
    @inline(__always)
    public mutating func openObject(_ key: String) {
        appendKey(key)
        bytes.append(UInt8(ascii: "{"))
    }

    @inline(__always)
    public mutating func closeObject() { bytes.append(UInt8(ascii: "}")) }

    /// Begins an array that is a member.
    public mutating func openArray(_ key: String) {
        appendKey(key)
        bytes.append(UInt8(ascii: "["))
    }

    public mutating func closeArray() { bytes.append(UInt8(ascii: "]")) }

    /// A comma, unless a line, an object or an array has just begun, which the last byte tells: no value ends in one of these.
    @inline(__always)
    mutating func separate() {
        switch bytes.last {
        case nil, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\n"): break
        default: bytes.append(UInt8(ascii: ","))
        }
    }

    // MARK: Members

    /// A key that needs no escaping, and its colon.
    @inline(__always)
    mutating func appendKey(_ key: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: key.utf8)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    /// A number.
    @inline(__always)
    public mutating func field(_ key: String, _ number: UInt64) {
        appendKey(key)
        bytes.appendDecimal(number)
    }

    public mutating func field(_ key: String, _ flag: Bool) {
        appendKey(key)
        bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    }

    /// A text from outside, escaped.
    public mutating func field(_ key: String, text: [UInt8]) {
        appendKey(key)
        append(string: text)
    }

    /// A word of nfmon's own, which needs no escaping.
    @inline(__always)
    public mutating func field(_ key: String, word: String) {
        appendKey(key)
        append(word: word)
    }

    /// A time, in microseconds.
    public mutating func field(_ key: String, _ time: Timestamp) {
        appendKey(key)
        bytes.append(UInt8(ascii: "\""))
        time.append(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// A word of nfmon's own as a value in an array.
    public mutating func element(word: String) {
        separate()
        append(word: word)
    }

    @inline(__always)
    private mutating func append(word: String) {
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: word.utf8)
        bytes.append(UInt8(ascii: "\""))
    }
}
