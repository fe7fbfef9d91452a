internal import FlowModel

extension YAMLFault {
    /// A fault in the words and at the place that help whoever edits the file: the parser's own speak of tokens, and of where it
    /// gave up.
    ///
    /// - Parameters:
    ///   - problem: the parser's word for it, and its place.
    ///   - beginning: where what it was reading begins, if it was reading anything.
    ///   - character: what stands at the problem's place; `nil` at the end of a line.
    init(problem: String, at place: TextPlace, within beginning: TextPlace?, character: Character?) {
        let start = beginning ?? place
        switch (problem, character) {
        case (_, "\t"), ("found a tab character that violates indentation", _):
            self.init(place, "a tab cannot indent: use spaces")
        case ("found character that cannot start any token", let character?):
            self.init(place, "a value cannot begin with \(character): put it in quotes")
        case ("mapping values are not allowed in this context", _):
            self.init(
                place,
                "no ': ' can stand here: this line is not in the column of the keys around it, or the one above lacks its ': ', or a value wants quotes"
            )
        case ("could not find expected ':'", _):
            self.init(start, "a key wants ': ' behind it, and a value")
        case ("did not find expected key", _):
            self.init(place, "this begins in no column of the lines above: keys of one section begin in the same")
        case ("did not find expected '-' indicator", _):
            self.init(place, "a list goes on with '- ' in the column of its other lines")
        case ("block sequence entries are not allowed in this context", _):
            self.init(place, "no list can begin here: write it as [100, 101], or each of its lines below its key")
        case ("did not find expected ',' or ']'", _):
            self.init(start, "the list that begins here wants commas between its values, and a ] at its end")
        case ("did not find expected ',' or '}'", _):
            self.init(start, "what begins here wants commas between its keys, and a } at its end")
        case ("found unexpected end of stream", _), ("found unexpected document indicator", _):
            self.init(start, "the quotes that begin here have no end")
        case ("found unknown escape character", _):
            self.init(place, "\\ is special between double quotes: use single ones")
        case ("did not find expected <document start>", _):
            self.init(place, "the settings have ended before this: begin it in the first column")
        default:
            self.init(place, problem)
        }
    }
}
