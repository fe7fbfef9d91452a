import FlowModel
import Ingest

/// Makes settings of the tree of a configuration file, and finds all that is wrong with it on the way.
struct SettingsReader {
    var settings = MonitorSettings()
    var faults: [SettingsError.Fault] = []
    /// Where each key stands that was found, by its path.
    private var places: [String: TextPlace] = [:]

    mutating func read(_ root: YAMLNode) {
        switch root.content {
        case .mapping(let entries): for entry in entries { readTop(entry) }
        case .scalar(""): break  // only a "---"
        case .scalar, .sequence:
            complain(root.place, "settings are lines of KEY: VALUE, with sections such as sources: and socket:")
        }
    }

    /// What can only be seen once everything was read.
    mutating func compare() {
        if !settings.sources.readsConntrack, !settings.sources.readsNFLog {
            let place = [places[SettingKey.conntrack.path], places[SettingKey.nflog.path]].compactMap(\.self).max()
            complain(place, "sources.conntrack and sources.nflog are both no: that leaves nothing to read")
        }
    }

    private mutating func readTop(_ entry: YAMLEntry) {
        guard let name = name(of: entry, in: nil) else { return }
        if let section = SettingSection(rawValue: name) {
            readSection(section, entry.value)
        } else if let key = SettingKey.all.first(where: { $0.section == nil && $0.name == name }) {
            readValue(key, entry.value)
        } else {
            complain(entry.key.place, "there is no \(name) here: \(Self.advice(for: name, in: nil))")
        }
    }

    private mutating func readSection(_ section: SettingSection, _ node: YAMLNode) {
        switch node.content {
        case .scalar(""): break  // all of its keys are comments
        case .scalar(let text) where text.contains(":"):
            complain(node.place, "\(section.rawValue) is a section of lines KEY: VALUE, with a space behind the colon")
        case .scalar, .sequence:
            complain(
                node.place,
                "\(section.rawValue) is a section: write its keys below it, indented, such as \(Self.example(of: section))"
            )
        case .mapping(let entries):
            for entry in entries {
                guard let name = name(of: entry, in: section) else { continue }
                if let key = SettingKey.all.first(where: { $0.section == section && $0.name == name }) {
                    readValue(key, entry.value)
                } else {
                    complain(
                        entry.key.place,
                        "there is no \(name) in \(section.rawValue): \(Self.advice(for: name, in: section))")
                }
            }
        }
    }

    private mutating func readValue(_ key: SettingKey, _ node: YAMLNode) {
        var values: [(text: String, place: TextPlace)] = []
        switch node.content {
        case .scalar(let text): values = [(text, node.place)]
        case .mapping:
            return complain(node.place, "\(key.path) has no keys below it: write \(key.expectation)")
        case .sequence(let nodes):
            guard key.isList else {
                return complain(node.place, "\(key.path) takes one value and no list: write \(key.expectation)")
            }
            for node in nodes {
                guard case .scalar(let text) = node.content else {
                    return complain(node.place, "\(key.path) is a list of single values: write \(key.expectation)")
                }
                values.append((text, node.place))
            }
            guard !values.isEmpty else {
                return complain(node.place, "\(key.path) is an empty list: write at least one, \(key.expectation)")
            }
        }
        guard let bad = key.apply(values.map(\.text), to: &settings) else { return }
        let (text, place) = values[bad]
        if text.isEmpty {
            complain(
                place,
                "\(key.path) has no value: write \(key.expectation), or leave the line out for \(key.defaultText)")
        } else {
            complain(place, "\(key.path) cannot be \(Self.quoted(text)): write \(key.expectation)")
        }
    }

    /// The name of a key, where it is one and stands there for the first time.
    private mutating func name(of entry: YAMLEntry, in section: SettingSection?) -> String? {
        guard case .scalar(let name) = entry.key.content, !name.isEmpty else {
            complain(entry.key.place, "a key is a single word")
            return nil
        }
        let path = section.map { "\($0.rawValue).\(name)" } ?? name
        if let first = places[path] {
            complain(entry.key.place, "\(path) stands in line \(first.line) already: keep one of the two")
            return nil
        }
        places[path] = entry.key.place
        return name
    }

    private mutating func complain(_ place: TextPlace?, _ reason: String) {
        faults.append(SettingsError.Fault(place, reason))
    }

    // MARK: - What to write instead

    private static func advice(for name: String, in section: SettingSection?) -> String {
        let words = SettingKey.all.filter { $0.section == section }.map(\.name)
        let all = (section == nil ? SettingSection.allCases.map(\.rawValue) : []) + words
        if let near = NearWord.nearest(to: name, among: all) { return "did you mean \(near)?" }
        if let elsewhere = SettingKey.all.first(where: { $0.name == name || $0.option == name }) {
            return "did you mean \(elsewhere.path)?"
        }
        if section != nil, SettingSection(rawValue: name) != nil { return "the section begins in the first column" }
        return "there are \(all.joined(separator: ", "))"
    }

    private static func example(of section: SettingSection) -> String {
        SettingKey.all.first { $0.section == section }.map { "\($0.name): \($0.defaultText)" } ?? ""
    }

    /// A value as it was written, cut where it is long.
    private static func quoted(_ text: String) -> String {
        "\"\(text.count > 40 ? text.prefix(40) + "…" : text[...])\""
    }
}
