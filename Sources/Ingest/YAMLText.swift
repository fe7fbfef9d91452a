internal import CYAML
internal import FlowModel

/// Reads YAML: mappings, sequences and scalars; no tags, no aliases, one document.
public enum YAMLText {
    /// More has no use in settings, and less no way to cost much.
    private static let greatestDepth = 8

    /// - Returns: `nil` where the text holds nothing but comments.
    /// - Throws: the first thing that is wrong with it.
    public static func parse(_ text: [UInt8]) throws(YAMLFault) -> YAMLNode? {
        let parser = YAMLParser(text)
        var tree = YAMLTree()
        var hasBegun = false
        while let event = try parser.next() {
            switch event.kind {
            case .document:
                if hasBegun { throw YAMLFault(event.place, "a second document begins here: only one is read") }
                hasBegun = true
            case .alias: throw YAMLFault(event.place, "aliases (*name) are not taken: write the value out")
            case .scalar(let text): tree.add(text, at: event.place)
            case .sequence: tree.beginSequence(at: event.place)
            case .mapping: tree.beginMapping(at: event.place)
            case .end: tree.end()
            }
            if event.hasTag { throw YAMLFault(event.place, "tags (!name) are not taken: write the value alone") }
            if tree.depth > greatestDepth { throw YAMLFault(event.place, "no setting is so deep inside others") }
        }
        return tree.root
    }
}

/// What libyaml finds, one after the other.
// Safe, as both pointers are its own from its beginning to its end: libyaml keeps them.
@safe
private final class YAMLParser {
    struct Event {
        enum Kind {
            case document, alias, sequence, mapping, end
            case scalar(String)
        }

        var kind: Kind
        var place: TextPlace
        var hasTag: Bool
    }

    private let text: [UInt8]
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let copy: UnsafeMutableBufferPointer<UInt8>

    init(_ text: [UInt8]) {
        self.text = text
        // SAFETY: both are freed by `deinit`; the parser is initialised before anything else is done with it.
        unsafe copy = .allocate(capacity: text.count)
        _ = unsafe copy.initialize(from: text)
        unsafe parser = .allocate(capacity: 1)
        unsafe parser.initialize(to: yaml_parser_t())
        _ = unsafe yaml_parser_initialize(parser)
        unsafe yaml_parser_set_input_string(parser, copy.baseAddress, copy.count)
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    }

    deinit {
        // SAFETY: made by the initialiser, and freed here only.
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe copy.deallocate()
    }

    /// - Returns: `nil` at the end.
    func next() throws(YAMLFault) -> Event? {
        while true {
            // SAFETY: the call fills the event, which is deleted here, after what is needed of it was copied.
            var event = unsafe yaml_event_t()
            guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw fault }
            defer { unsafe yaml_event_delete(&event) }
            let place = unsafe TextPlace(event.start_mark)
            switch unsafe event.type {
            case YAML_NO_EVENT, YAML_STREAM_END_EVENT: return nil
            case YAML_DOCUMENT_START_EVENT: return Event(kind: .document, place: place, hasTag: false)
            case YAML_ALIAS_EVENT: return Event(kind: .alias, place: place, hasTag: false)
            case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return Event(kind: .end, place: place, hasTag: false)
            case YAML_SEQUENCE_START_EVENT:
                let hasTag = unsafe event.data.sequence_start.tag != nil
                return Event(kind: .sequence, place: place, hasTag: hasTag)
            case YAML_MAPPING_START_EVENT:
                let hasTag = unsafe event.data.mapping_start.tag != nil
                return Event(kind: .mapping, place: place, hasTag: hasTag)
            case YAML_SCALAR_EVENT:
                let scalar = unsafe event.data.scalar
                let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
                let text = unsafe String(decoding: bytes, as: UTF8.self)
                let hasTag = unsafe scalar.tag != nil
                return Event(kind: .scalar(text), place: place, hasTag: hasTag)
            default: continue
            }
        }
    }

    /// What stopped the parser.
    private var fault: YAMLFault {
        // SAFETY: after a failure libyaml leaves what it was in the parser; its words are constants of its own.
        let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "memory is short"
        if unsafe parser.pointee.error == YAML_READER_ERROR {
            let place = place(ofByte: unsafe parser.pointee.problem_offset)
            return YAMLFault(place, "this is not text in UTF-8 (\(problem))")
        }
        let place = unsafe TextPlace(parser.pointee.problem_mark)
        let beginning = unsafe parser.pointee.context == nil ? nil : TextPlace(parser.pointee.context_mark)
        return YAMLFault(problem: problem, at: place, within: beginning, character: character(at: place))
    }

    private func place(ofByte offset: Int) -> TextPlace {
        let before = text.prefix(offset)
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        return TextPlace(
            line: line, column: String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count + 1)
    }

    private func character(at place: TextPlace) -> Character? {
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.indices.contains(place.line - 1) else { return nil }
        let scalars = String(decoding: lines[place.line - 1], as: UTF8.self).unicodeScalars
        return scalars.dropFirst(place.column - 1).first.map(Character.init)
    }
}

extension TextPlace {
    /// libyaml counts from 0.
    fileprivate init(_ mark: yaml_mark_t) { self.init(line: mark.line + 1, column: mark.column + 1) }
}
