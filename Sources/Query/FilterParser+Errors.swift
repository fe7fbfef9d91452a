// What is told of a filter that cannot be read.

extension FilterParser {
    func error(at token: FilterToken, _ reason: String) -> FilterError {
        FilterError(title: vocabulary.title, text: text, offset: token.offset, reason: reason)
    }

    func expected(_ what: String) -> FilterError {
        error(at: token, "expected \(what), found \(token.kind == .end ? "the end" : FilterError.quoted(token.text))")
    }

    /// A word where a column belongs: a value without one, a word of another tool, or nobody's.
    func unknown(_ word: FilterToken) -> FilterError {
        let name = FilterError.quoted(word.text)
        if word.isValueAlone {
            return error(at: word, "\(name) has no column: write which, as in port 80 or host 192.0.2.1")
        }
        if let hint = FilterHint.text(for: word.text.lowercased()) {
            return error(at: word, "\(name) is no column: \(hint)")
        }
        if let qualifier {
            let column = FilterError.plain(qualifier.name)
            return error(
                at: word,
                "\(name) is no column: repeat it, as in \(column) … or \(column) …, or write \(column) in [… …]")
        }
        return error(at: word, "\(name) is no column: use one of \(vocabulary.columnNames), or a protocol")
    }

    /// A column that other things have.
    func missing(_ word: FilterToken) -> FilterError {
        error(
            at: word,
            "\(FilterError.quoted(word.text)) is no column of these groups: they have \(vocabulary.columnNames)")
    }
}
