import FlowModel

/// Reads filters: goQuery's conditions, and the spellings of tcpdump and nfdump.
///
/// ```
/// filter     = [ or ]
/// or         = and  { ("or" | "|" | "||") and }
/// and        = not  { ("and" | "&" | "&&") not }
/// not        = ("not" | "!") not | "(" or ")" | test
/// test       = protocol [ test of addresses or ports ]            tcp dst port 443
///            | column comparison value | column value             dport = 443    host 192.0.2.1
///            | column ["not"] "in" "[" value { [","] value } "]"  dst port in [80 443]
/// column     = name | side kind                                   src net    src or dst port
/// comparison = "=" | "==" | "!=" | "<" | "<=" | ">" | ">=", and in words: eq ne lt le gt ge
/// ```
struct FilterParser {
    /// Parentheses within parentheses.
    static let maximumDepth = 64
    /// Tests in all.
    static let maximumTestCount = 4096

    private let text: String
    private let names: NameTable
    private var tokens: [FilterToken]
    private var place = 0
    private var depth = 0
    private var testCount = 0

    init(_ text: String, names: NameTable) throws(FilterError) {
        self.text = text
        self.names = names
        tokens = try FilterToken.tokens(of: text)
    }

    mutating func parse() throws(FilterError) -> BooleanTree<SessionTest> {
        guard token.kind != .end else { return .always }
        let tree = try parseOr()
        guard token.kind == .end else {
            throw expected(token.kind == .close ? "no more: no parenthesis is open here" : "and, or, or the end")
        }
        return tree
    }

    // MARK: Connectives

    private mutating func parseOr() throws(FilterError) -> BooleanTree<SessionTest> {
        var parts = [try parseAnd()]
        while take(.or) { parts.append(try parseAnd()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func parseAnd() throws(FilterError) -> BooleanTree<SessionTest> {
        var parts = [try parseNot()]
        while take(.and) { parts.append(try parseNot()) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func parseNot() throws(FilterError) -> BooleanTree<SessionTest> {
        var isNegated = false
        while take(.not) { isNegated.toggle() }
        let tree = try parseOperand()
        return isNegated ? tree.negated : tree
    }

    private mutating func parseOperand() throws(FilterError) -> BooleanTree<SessionTest> {
        let open = token
        guard take(.open) else { return try parseTest() }
        depth += 1
        guard depth <= Self.maximumDepth else {
            throw error(at: open, "more than \(Self.maximumDepth) parentheses within each other")
        }
        let tree = try parseOr()
        guard take(.close) else { throw expected("a closing parenthesis, or and, or or") }
        depth -= 1
        return tree
    }

    // MARK: Tests

    private mutating func parseTest() throws(FilterError) -> BooleanTree<SessionTest> {
        guard let shorthand = parseShorthand() else { return try parseComparison() }
        try count(1)
        // tcpdump's `tcp port 80`
        guard token.kind == .word(isQuoted: false), isOfEndpoint(token.text.lowercased()) else { return shorthand }
        return .all([shorthand, try parseComparison()])
    }

    private mutating func parseComparison() throws(FilterError) -> BooleanTree<SessionTest> {
        let word = token
        guard word.kind == .word(isQuoted: false) else {
            throw expected("a column (one of \(SessionFilter.columnNames)) or a protocol")
        }
        guard let column = parseColumn() else {
            let name = FilterError.quoted(word.text)
            if word.text.first?.isNumber == true {
                throw error(
                    at: word, "\(name) has no column: repeat it, as in port 80 or port 443, or write port in [80 443]")
            }
            throw error(at: word, "\(name) is no column: use one of \(SessionFilter.columnNames), or a protocol")
        }
        if token.kind == .not, following.isIn {
            advance()
            return try parseList(of: column, .notEqual)
        }
        if token.isIn || token.kind == .openList { return try parseList(of: column, .equal) }
        let operation = token
        guard case .comparison(let comparison) = operation.kind else { return try parseValue(of: column, .equal) }
        advance()
        // goQuery has no lists, but who writes `dport = [80 443]` means one.
        if token.kind == .openList, !comparison.needsOrder { return try parseList(of: column, comparison) }
        guard !comparison.needsOrder || column.isOrdered else {
            throw error(at: operation, "\(FilterError.quoted(word.text)) can be compared with = and != only")
        }
        return try parseValue(of: column, comparison)
    }

    /// - Parameter comparison: whether one of the values is meant, or none of them.
    private mutating func parseList(
        of column: FilterColumn, _ comparison: FilterComparison
    ) throws(FilterError) -> BooleanTree<SessionTest> {
        if token.isIn { advance() }
        let isParenthesized = token.kind == .open
        guard take(isParenthesized ? .open : .openList) else { throw expected("a list, such as [80 443]") }
        var parts: [BooleanTree<SessionTest>] = []
        while token.kind != (isParenthesized ? .close : .closeList) {
            if !parts.isEmpty { _ = take(.comma) }
            parts.append(try parseValue(of: column, comparison))
        }
        guard !parts.isEmpty else { throw expected(column.valueHint) }
        advance()
        return comparison == .equal ? .any(parts) : .all(parts)
    }

    private mutating func parseValue(
        of column: FilterColumn, _ comparison: FilterComparison
    ) throws(FilterError) -> BooleanTree<SessionTest> {
        let value = token
        guard case .word = value.kind else { throw expected(column.valueHint) }
        guard let tree = column.tree(comparison, value.text, names: names) else {
            if comparison.needsOrder, column.tree(.equal, value.text, names: names) != nil {
                throw error(at: value, "nothing is beyond \(FilterError.quoted(value.text))")
            }
            throw error(at: value, "expected \(column.valueHint), found \(FilterError.quoted(value.text))")
        }
        try count(tree.testCount)
        advance()
        return tree
    }

    /// Whole tests in a word: `tcp`, `ip6`, `denied`.
    private mutating func parseShorthand() -> BooleanTree<SessionTest>? {
        guard token.kind == .word(isQuoted: false) else { return nil }
        let word = token.text.lowercased()
        let subject: SessionTest.Subject
        switch word {
        case "denied":
            advance()
            return .test(SessionTest(.denied))
        // nfdump's `ip 192.0.2.1` is an address; tcpdump's `ip` alone is a family.
        case "ip" where following.isOperand || following.kind == .not && peek(2).isIn: return nil
        case "ip", "ip4", "ipv4", "inet", "inet4": subject = .family(.ipv4)
        case "ip6", "ipv6", "inet6": subject = .family(.ipv6)
        default:
            guard let number = TransportProtocol(keyword: word) else { return nil }
            subject = .transport(number.rawValue...number.rawValue)
        }
        advance()
        return .test(SessionTest(subject))
    }

    // MARK: Columns

    /// A column's name, or tcpdump's and nfdump's two words; `nil` for anything else.
    private mutating func parseColumn() -> FilterColumn? {
        let word = token.text.lowercased()
        guard let side = Self.side(word) else {
            if word == "in" || word == "out", ["if", "interface"].contains(following.text.lowercased()) {
                advance(by: 2)
                return word == "in" ? .ingress : .egress
            }
            guard let column = FilterColumn(name: word) else { return nil }
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

    /// Whether a word begins a test of addresses or ports.
    private func isOfEndpoint(_ word: String) -> Bool {
        switch FilterColumn(name: word) {
        case .address, .port: true
        default: false
        }
    }

    // MARK: Tokens

    private var token: FilterToken { tokens[place] }

    private var following: FilterToken { peek(1) }

    private func peek(_ count: Int) -> FilterToken { tokens[min(place + count, tokens.count - 1)] }

    private mutating func advance(by count: Int = 1) { place = min(place + count, tokens.count - 1) }

    private mutating func take(_ kind: FilterToken.Kind) -> Bool {
        guard token.kind == kind else { return false }
        advance()
        return true
    }

    private mutating func count(_ tests: Int) throws(FilterError) {
        testCount += tests
        guard testCount <= Self.maximumTestCount else {
            throw error(at: token, "more than \(Self.maximumTestCount) tests")
        }
    }

    // MARK: Errors

    private func error(at token: FilterToken, _ reason: String) -> FilterError {
        FilterError(text: text, offset: token.offset, reason: reason)
    }

    private func expected(_ what: String) -> FilterError {
        error(at: token, "expected \(what), found \(token.kind == .end ? "the end" : FilterError.quoted(token.text))")
    }
}

extension FilterToken {
    fileprivate var isIn: Bool { kind == .word(isQuoted: false) && text.lowercased() == "in" }

    /// Whether it can follow a column: a comparison, a list, or a word that begins like an address.
    fileprivate var isOperand: Bool {
        switch kind {
        case .comparison, .openList: true
        case .word: isIn || text.first?.isNumber == true || text.contains(":")
        default: false
        }
    }
}
