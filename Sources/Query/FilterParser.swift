import FlowModel

/// Reads filters: goQuery's conditions, and the spellings of tcpdump and nfdump.
///
/// ```
/// filter     = [ or ]
/// or         = and  { ("or" | "|" | "||" | "+") and }
/// and        = not  { ("and" | "&" | "&&" | "*") not }
/// not        = ("not" | "!") not | "(" or ")" | test
/// test       = word [ test of addresses, ports or protocol ]      tcp dst port 443    denied    exact
///            | column comparison value | column value             dport = 443    host 192.0.2.1
///            | column ["not"] "in" "[" value { [","] value } "]"  dst port in [80 443]
///            | column "(" value { "or" value } ")"                port (80 or 443)
///            | value                                              port 80 or 443: of the column before
/// column     = name | side kind                                   src net    src or dst port
/// comparison = "=" | "==" | "!=" | "<" | "<=" | ">" | ">=", and in words: eq ne lt le gt ge
/// ```
struct FilterParser<Vocabulary: FilterVocabulary> {
    typealias Tree = BooleanTree<Vocabulary.Test>

    let text: String
    let vocabulary: Vocabulary
    private var tokens: [FilterToken]
    private var place = 0
    private var depth = 0
    private var testCount = 0
    /// What a value means that stands for itself, as tcpdump has it.
    private(set) var qualifier: Qualifier?

    struct Qualifier {
        var column: FilterColumn
        /// The column as it was written.
        var name: String
        /// `tcp` in `tcp port 80 or 443`.
        var word: Tree?
    }

    init(_ text: String, _ vocabulary: Vocabulary) throws(FilterError) {
        self.text = text
        self.vocabulary = vocabulary
        tokens = try FilterToken.tokens(of: text, title: vocabulary.title)
    }

    mutating func parse() throws(FilterError) -> Tree {
        guard token.kind != .end else { return .always }
        let tree = try parseOr()
        guard token.kind == .end else {
            if token.kind == .close || token.kind == .closeList {
                throw expected("no more: no parenthesis is open here")
            }
            throw expected(
                isColumn(token) ? "and, or, or the end (tests are joined by a word)" : "and, or, or the end")
        }
        return tree
    }

    // MARK: Connectives

    private mutating func parseOr() throws(FilterError) -> Tree {
        var parts = [try parseAnd()]
        while take(.or) || take(word: "+") { parts.append(try parseAnd()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func parseAnd() throws(FilterError) -> Tree {
        var parts = [try parseNot()]
        while take(.and) || take(word: "*") { parts.append(try parseNot()) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func parseNot() throws(FilterError) -> Tree {
        var isNegated = false
        while take(.not) { isNegated.toggle() }
        let tree = try parseOperand()
        return isNegated ? tree.negated : tree
    }

    private mutating func parseOperand() throws(FilterError) -> Tree {
        let open = token
        // goQuery takes every kind of bracket for a parenthesis.
        guard open.kind == .open || open.kind == .openList else { return try parseTest() }
        advance()
        qualifier = nil
        depth += 1
        guard depth <= FilterLimits.maximumDepth else {
            throw error(at: open, "more than \(FilterLimits.maximumDepth) parentheses within each other")
        }
        let tree = try parseOr()
        guard take(open.kind == .open ? .close : .closeList) else {
            throw expected("a closing parenthesis, or and, or or")
        }
        qualifier = nil
        depth -= 1
        return tree
    }

    // MARK: Tests

    private mutating func parseTest() throws(FilterError) -> Tree {
        if let qualifier, token.isValueAlone {
            let tree = try parseValue(of: qualifier.column, .equal)
            return qualifier.word.map { .all([$0, tree]) } ?? tree
        }
        guard let word = try parseWord() else { return try parseComparison() }
        try count(1)
        // tcpdump's `tcp port 80`
        guard token.kind == .word(isQuoted: false), isOfEndpoint(token.text.lowercased()) else { return word }
        let tree = try parseComparison()
        qualifier?.word = word
        return .all([word, tree])
    }

    private mutating func parseComparison() throws(FilterError) -> Tree {
        let word = token
        guard word.kind == .word(isQuoted: false) else {
            throw expected("a column (one of \(vocabulary.columnNames)) or a protocol")
        }
        guard let column = parseColumn() else { throw unknown(word) }
        qualifier = nil
        guard vocabulary.has(column) else { throw missing(word) }
        if token.kind == .not, following.isIn {
            advance()
            return try parseList(of: column, .notEqual)
        }
        if token.isIn || token.kind == .openList || token.kind == .open { return try parseList(of: column, .equal) }
        let operation = token
        guard let comparison = operation.comparison(before: following) else {
            let tree = try parseValue(of: column, .equal)
            qualifier = Qualifier(column: column, name: word.text)
            return tree
        }
        advance()
        // goQuery has no lists, but who writes `dport = [80 443]` means one.
        if token.kind == .openList, !comparison.needsOrder { return try parseList(of: column, comparison) }
        guard !comparison.needsOrder || column.isOrdered else {
            throw error(at: operation, "\(FilterError.quoted(word.text)) can be compared with = and != only")
        }
        let tree = try parseValue(of: column, comparison)
        if comparison == .equal { qualifier = Qualifier(column: column, name: word.text) }
        return tree
    }

    /// - Parameter comparison: whether one of the values is meant, or none of them.
    private mutating func parseList(
        of column: FilterColumn, _ comparison: FilterComparison
    ) throws(FilterError) -> Tree {
        if token.isIn { advance() }
        let isParenthesized = token.kind == .open
        guard take(isParenthesized ? .open : .openList) else { throw expected("a list, such as [80 443]") }
        var parts: [Tree] = []
        while token.kind != (isParenthesized ? .close : .closeList) {
            if !parts.isEmpty, !take(.comma) { _ = take(.or) }
            parts.append(try parseValue(of: column, comparison))
        }
        guard !parts.isEmpty else { throw expected(column.valueHint) }
        advance()
        return comparison == .equal ? .any(parts) : .all(parts)
    }

    private mutating func parseValue(
        of column: FilterColumn, _ comparison: FilterComparison
    ) throws(FilterError) -> Tree {
        var value = token
        guard case .word = value.kind else { throw expected(column.valueHint) }
        if case .address = column, let masked = value.masked(by: following, peek(2)) {
            value = masked
            advance(by: 2)
        }
        guard let tree = vocabulary.tree(column, comparison, value) else {
            if comparison.needsOrder, vocabulary.tree(column, .equal, value) != nil {
                throw error(at: value, "nothing is beyond \(FilterError.quoted(value.text))")
            }
            throw error(at: value, "expected \(column.valueHint), found \(FilterError.quoted(value.text))")
        }
        try count(tree.testCount)
        advance()
        return tree
    }

    /// Whole tests in a word: `tcp`, `ip6`, `denied`.
    private mutating func parseWord() throws(FilterError) -> Tree? {
        guard token.kind == .word(isQuoted: false) else { return nil }
        let word = token
        // A column of that name goes before, where it is compared with something.
        guard
            vocabulary.column(named: word.text.lowercased()) == nil
                || !following.isOperand(isListed: following.kind == .not && peek(2).isIn)
        else { return nil }
        guard let test = SessionTest(word: word.text.lowercased()) else {
            guard word.text.lowercased() == "any" else { return nil }
            advance()
            qualifier = nil
            return .always
        }
        guard let tree = vocabulary.tree(test) else { throw missing(word) }
        advance()
        qualifier = nil
        return tree
    }

    // MARK: Tokens

    var token: FilterToken { tokens[place] }

    var following: FilterToken { peek(1) }

    func peek(_ count: Int) -> FilterToken { tokens[min(place + count, tokens.count - 1)] }

    mutating func advance(by count: Int = 1) { place = min(place + count, tokens.count - 1) }

    private mutating func take(_ kind: FilterToken.Kind) -> Bool {
        guard token.kind == kind else { return false }
        advance()
        return true
    }

    /// goQuery takes `*` and `+` for "and" and "or"; where a value belongs they are a pattern and a name.
    private mutating func take(word: String) -> Bool {
        guard token.kind == .word(isQuoted: false), token.text == word else { return false }
        advance()
        return true
    }

    private mutating func count(_ tests: Int) throws(FilterError) {
        testCount += tests
        guard testCount <= FilterLimits.maximumTestCount else {
            throw error(
                at: token,
                "more than \(FilterLimits.maximumTestCount) tests: write < and > in place of many values, and networks where those are hosts"
            )
        }
    }
}

/// What keeps a filter within bounds.
enum FilterLimits {
    /// Parentheses within parentheses.
    static let maximumDepth = 64
    /// Tests in all.
    static let maximumTestCount = 4096
}

extension SessionTest {
    /// The test that a word alone means, in lower case.
    fileprivate init?(word: String) {
        switch word {
        case "denied": self.init(.denied)
        case "exact": self.init(.exactness(.exact))
        case "ip", "ip4", "ipv4", "inet", "inet4": self.init(.family(.ipv4))
        case "ip6", "ipv6", "inet6": self.init(.family(.ipv6))
        default:
            guard let number = TransportProtocol(keyword: word)?.rawValue else { return nil }
            self.init(.transport(number...number))
        }
    }
}

extension FilterToken {
    fileprivate var isIn: Bool { kind == .word(isQuoted: false) && text.lowercased() == "in" }

    /// Whether it can be nothing but a value: no column begins with a digit, or has a colon in it.
    var isValueAlone: Bool {
        switch kind {
        case .word(isQuoted: true): true
        case .word: text.first?.isNumber == true || text.contains(":")
        default: false
        }
    }

    /// Whether it can follow a column: a comparison, a list, or a word that begins like an address.
    fileprivate func isOperand(isListed: Bool) -> Bool {
        switch kind {
        case .comparison, .openList: true
        case .word: isIn || isValueAlone
        default: isListed
        }
    }

    /// The comparison that it is, with the value behind it.
    fileprivate func comparison(before value: FilterToken) -> FilterComparison? {
        if case .comparison(let comparison) = kind { return comparison }
        guard kind == .word(isQuoted: false), case .word = value.kind else { return nil }
        return FilterComparison(word: text)
    }

    /// The network of an address, of tcpdump's word `mask`, and of a mask.
    fileprivate func masked(by word: FilterToken, _ mask: FilterToken) -> FilterToken? {
        guard word.kind == .word(isQuoted: false), word.text.lowercased() == "mask", !text.contains("/"),
            let (bits, family) = IPAddress.parse(mask.text), family == .ipv4,
            // Ones, and zeros behind them.
            (~bits.ipv4Bits & (~bits.ipv4Bits &+ 1)) == 0
        else { return nil }
        return replacing(text: "\(text)/\(bits.ipv4Bits.nonzeroBitCount)")
    }
}
