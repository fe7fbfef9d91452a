public import FlowModel

/// What sessions are considered for, one after the other, while the table waits: a ranking, or groups.
public protocol SessionSelection: Sendable {
    /// What durations are counted to.
    var now: Timestamp { get }

    /// Counts a session.
    ///
    /// - Parameter interfaces: the names that indexes have.
    mutating func consider(_ session: borrowing Session, interfaces: borrowing InterfaceNames)
}

extension TopSelection: SessionSelection {
    public mutating func consider(_ session: borrowing Session, interfaces: borrowing InterfaceNames) {
        consider(session)
    }
}
