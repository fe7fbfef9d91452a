/// A value of a JSON text (RFC 8259).
///
/// The screen shows what the document says that every client gets; reading it takes no Foundation.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A number without sign, fraction and exponent that fits.
    case whole(UInt64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// A member of an object; `nil` where there is none, and of what is no object.
    public subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    public var whole: UInt64? {
        if case .whole(let number) = self { number } else { nil }
    }

    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The elements of an array; none of what is no array.
    public var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// The members of an object; none of what is no object.
    public var members: [String: JSONValue] {
        if case .object(let members) = self { members } else { [:] }
    }
}
