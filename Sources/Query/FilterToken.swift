/// A word or a sign of a filter.
struct FilterToken: Hashable {
    enum Kind: Hashable {
        /// A column, a keyword or a value. A quoted one is never a keyword.
        case word(isQuoted: Bool)
        case comparison(FilterComparison)
        case and
        case or
        case not
        case open
        case close
        case openList
        case closeList
        case comma
        case end
    }

    let kind: Kind
    /// The word without quotes, or the comparison.
    let text: String
    /// How many characters of the filter come before it.
    let offset: Int

    /// Whether it stood in quotes, so that it is a value and nothing else.
    var isQuoted: Bool { kind == .word(isQuoted: true) }

    /// The same with another text.
    func replacing(text: String) -> FilterToken { FilterToken(kind: kind, text: text, offset: offset) }
}

extension FilterToken {
    /// Takes a filter apart; the last token is ``Kind/end``.
    static func tokens(of text: String, title: String = "filter") throws(FilterError) -> [FilterToken] {
        let characters = Array(text)
        var tokens: [FilterToken] = []
        var place = 0
        while place < characters.count {
            let start = place
            let character = characters[place]
            let next = place + 1 < characters.count ? characters[place + 1] : " "
            if character.isWhitespace {
                place += 1
                continue
            }
            if character == "=", next == "=", place + 2 < characters.count, characters[place + 2] == "=" {
                place += 3  // goQuery's
                tokens.append(FilterToken(kind: .comparison(.equal), text: "===", offset: start))
                continue
            }
            if let sign = sign(character, next) {
                place += sign.length
                tokens.append(FilterToken(kind: sign.kind, text: sign.text, offset: start))
                continue
            }
            var word: String
            if character == "'" || character == "\"" {
                guard let end = characters[(place + 1)...].firstIndex(of: character) else {
                    throw FilterError(
                        title: title, text: text, offset: start, reason: "the quote that begins here does not end")
                }
                word = String(characters[(place + 1)..<end])
                place = end + 1
            } else {
                while place < characters.count, isOfWord(characters[place]) { place += 1 }
                word = String(characters[start..<place])
            }
            let isQuoted = character == "'" || character == "\""
            tokens.append(keyword(word, isQuoted, start))
        }
        tokens.append(FilterToken(kind: .end, text: "", offset: characters.count))
        return tokens
    }

    private static func isOfWord(_ character: Character) -> Bool {
        !character.isWhitespace && sign(character, " ") == nil && character != "'" && character != "\""
    }

    private static func sign(_ first: Character, _ second: Character) -> (kind: Kind, text: String, length: Int)? {
        switch (first, second) {
        case ("!", "="): (.comparison(.notEqual), "!=", 2)
        case ("<", "="): (.comparison(.lessOrEqual), "<=", 2)
        case (">", "="): (.comparison(.greaterOrEqual), ">=", 2)
        case ("=", "="): (.comparison(.equal), "==", 2)
        case ("&", "&"): (.and, "&&", 2)
        case ("|", "|"): (.or, "||", 2)
        case ("=", _): (.comparison(.equal), "=", 1)
        case ("<", _): (.comparison(.less), "<", 1)
        case (">", _): (.comparison(.greater), ">", 1)
        case ("&", _): (.and, "&", 1)
        case ("|", _): (.or, "|", 1)
        case ("!", _): (.not, "!", 1)
        case ("(", _): (.open, "(", 1)
        case (")", _): (.close, ")", 1)
        case ("[", _), ("{", _): (.openList, String(first), 1)
        case ("]", _), ("}", _): (.closeList, String(first), 1)
        case (",", _): (.comma, ",", 1)
        default: nil
        }
    }

    private static func keyword(_ word: String, _ isQuoted: Bool, _ offset: Int) -> FilterToken {
        func token(_ kind: Kind, _ text: String) -> FilterToken { FilterToken(kind: kind, text: text, offset: offset) }
        if isQuoted { return token(.word(isQuoted: true), word) }
        return switch word.lowercased() {
        case "and": token(.and, word)
        case "or": token(.or, word)
        case "not": token(.not, word)
        case "eq": token(.comparison(.equal), word)
        case "ne", "neq": token(.comparison(.notEqual), word)
        case "lt", "less": token(.comparison(.less), word)
        case "gt", "greater": token(.comparison(.greater), word)
        case "le", "leq": token(.comparison(.lessOrEqual), word)
        case "ge", "geq": token(.comparison(.greaterOrEqual), word)
        default: token(.word(isQuoted: false), word)
        }
    }
}
