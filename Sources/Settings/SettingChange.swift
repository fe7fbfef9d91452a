/// A key with the values that somebody gave it: an option on the command line.
public struct SettingChange: Sendable {
    public let key: SettingKey
    public var texts: [String]

    /// - Returns: `nil` where a text is no value of the key's; ``SettingKey/expectation`` says what would be one.
    public init?(_ key: SettingKey, _ texts: [String]) {
        var settings = MonitorSettings()
        guard key.apply(texts, to: &settings) == nil else { return nil }
        (self.key, self.texts) = (key, texts)
    }

    /// Writes it into settings.
    public func apply(to settings: inout MonitorSettings) { _ = key.apply(texts, to: &settings) }
}
