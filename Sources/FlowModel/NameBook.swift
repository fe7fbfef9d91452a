/// What turns the numbers in sessions into words: names, and the interfaces' names by index.
public struct NameBook: Sendable {
    public var names: Names
    public var interfaces: InterfaceNames

    public init(names: Names, interfaces: InterfaceNames) {
        self.names = names
        self.interfaces = interfaces
    }

    /// The bytes of a rule's or helper's name.
    public func bytes(of number: NameID) -> [UInt8] { names.bytes(of: number) }

    /// The number of an interface's name; `nil` where none is known.
    public func number(ofInterface index: InterfaceIndex) -> NameID? { interfaces[index] }

    /// The bytes of an interface's name, or `if` and its index where it has none that is known.
    public func interface(_ index: InterfaceIndex) -> [UInt8] {
        if let number = interfaces[index] { return names.bytes(of: number) }
        var text = Array("if".utf8)
        text.appendDecimal(UInt64(index))
        return text
    }
}
