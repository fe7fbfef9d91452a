extension SettingKey {
    /// The keys that a running monitor takes over when it reads its configuration again.
    public static let changeable = [
        conntrackBuffer, reliable, groups, nflogBuffer, totalsInterval, totalsProcessorShare, logLevel, logFormat,
    ]

    /// Whether a running monitor takes it over; another one waits for the next start.
    public var isChangeable: Bool { Self.changeable.contains { $0.path == path } }
}

extension MonitorSettings {
    /// Takes over what can change while a monitor runs.
    ///
    /// - Returns: the keys that differ and cannot.
    public mutating func takeOver(_ new: MonitorSettings) -> [SettingKey] {
        let differing = SettingKey.all.filter { $0.texts(of: new) != $0.texts(of: self) }
        for key in differing where key.isChangeable { _ = key.apply(key.texts(of: new), to: &self) }
        return differing.filter { !$0.isChangeable }
    }
}
