/// Where a setting that not every network namespace has can be changed.
public enum SettingPlace: Sendable {
    /// In the namespace that is looked at.
    case there
    /// Where nfmon was started.
    case here
    /// In the host's first namespace only, which is neither.
    case elsewhere
}
