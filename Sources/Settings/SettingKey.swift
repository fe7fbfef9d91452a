/// A key of the configuration file, which is an option of `nfmon run`, too.
///
/// The list of all of them (``all``) is the one place that knows how a setting is called, what it takes and what it is for: the file's
/// reader, its documented default, the options and the manual are made of it, or held to it by a test.
public struct SettingKey: Sendable {
    /// Where it stands in the file; `nil` is the first column.
    public let section: SettingSection?
    /// Its name there.
    public let name: String
    /// The name of its option, without the dashes.
    public let option: String
    /// What it is for, in one sentence.
    public let summary: String
    /// What else is to be known about it; may be empty.
    public let remark: String
    /// A word for its value in help texts.
    public let placeholder: String
    /// What may be written, as the end of a sentence.
    public let expectation: String
    /// Whether its option takes no value, and has a twin that begins with `--no-`.
    public let isFlag: Bool
    /// Whether it takes several values: a list in the file, the option several times.
    public let isList: Bool
    /// Writes values into settings, and answers with the place of the first that is none.
    private let write: @Sendable ([String], inout MonitorSettings) -> Int?
    /// The values that settings have.
    private let read: @Sendable (MonitorSettings) -> [String]

    init<Value: Sendable>(
        _ section: SettingSection?, _ name: String, option: String,
        _ path: any WritableKeyPath<MonitorSettings, Value> & Sendable,
        _ format: SettingFormat<Value>, _ summary: String, remark: String = ""
    ) {
        (self.section, self.name, self.option) = (section, name, option)
        (self.summary, self.remark) = (summary, remark)
        (placeholder, expectation) = (format.placeholder, format.expectation)
        (isFlag, isList) = (Value.self == Bool.self, false)
        write = { texts, settings in
            guard let text = texts.last, let value = format.parse(text) else { return max(0, texts.count - 1) }
            settings[keyPath: path] = value
            return nil
        }
        read = { [format.text($0[keyPath: path])] }
    }

    init<Value: Sendable & Hashable>(
        _ section: SettingSection?, _ name: String, option: String,
        list path: any WritableKeyPath<MonitorSettings, [Value]> & Sendable,
        of format: SettingFormat<Value>, _ summary: String, remark: String = ""
    ) {
        (self.section, self.name, self.option) = (section, name, option)
        (self.summary, self.remark) = (summary, remark)
        (placeholder, expectation) = (format.placeholder, format.expectation)
        (isFlag, isList) = (false, true)
        write = { texts, settings in
            var values: [Value] = []
            for (place, text) in texts.enumerated() {
                guard let value = format.parse(text) else { return place }
                // Twice is once.
                if !values.contains(value) { values.append(value) }
            }
            settings[keyPath: path] = values
            return nil
        }
        read = { $0[keyPath: path].map(format.text) }
    }

    /// The path in the file: `socket.mode`.
    public var path: String { section.map { "\($0.rawValue).\(name)" } ?? name }

    /// Writes values into settings.
    ///
    /// - Returns: the place of the first that is none, where there is one; the settings are as they were then.
    func apply(_ texts: [String], to settings: inout MonitorSettings) -> Int? { write(texts, &settings) }

    /// The values that settings have, as they are written; more than one of a list only.
    public func texts(of settings: MonitorSettings) -> [String] { read(settings) }

    /// Its default, as it is written in the file.
    public var defaultText: String {
        let texts = texts(of: MonitorSettings())
        return isList ? "[\(texts.joined(separator: ", "))]" : texts.joined()
    }
}
