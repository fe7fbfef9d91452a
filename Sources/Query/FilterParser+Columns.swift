import FlowModel

extension FilterParser {
    /// A column's name, or tcpdump's and nfdump's two words; `nil` for anything else.
    mutating func parseColumn() -> FilterColumn? {
        let word = token.text.lowercased()
        guard let side = Self.side(word) else {
            if word == "in" || word == "out", ["if", "interface"].contains(following.text.lowercased()) {
                advance(by: 2)
                return word == "in" ? .ingress : .egress
            }
            guard let column = vocabulary.column(named: word) else { return nil }
            advance()
            return column
        }
        if following.kind == .or || following.kind == .and, let other = Self.side(peek(2).text.lowercased()),
            other != side, let column = column(of: following.kind == .and ? .both : .either, kind: peek(3))
        {
            advance(by: 4)
            return column
        }
        let sides = FilterColumn.Sides(side)
        if let column = column(of: sides, kind: following) {
            advance(by: 2)
            return column
        }
        advance()
        return .address(sides)
    }

    private static func side(_ word: String) -> SessionTest.Side? {
        switch word {
        case "src", "source": .source
        case "dst", "destination": .destination
        default: nil
        }
    }

    private func column(of sides: FilterColumn.Sides, kind: FilterToken) -> FilterColumn? {
        switch kind.text.lowercased() {
        case "host", "net", "ip", "addr": .address(sides)
        case "port", "portrange": .port(sides)
        default: nil
        }
    }

    /// Whether a word begins a test of addresses, ports or the protocol.
    func isOfEndpoint(_ word: String) -> Bool {
        switch vocabulary.column(named: word) {
        case .address, .port, .transport: true
        default: false
        }
    }

    func isColumn(_ token: FilterToken) -> Bool {
        token.kind == .word(isQuoted: false) && vocabulary.column(named: token.text.lowercased()) != nil
    }
}
