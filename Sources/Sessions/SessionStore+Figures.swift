public import FlowModel

extension SessionStore {
    /// What the table has counted since it began.
    public var figures: TableFigures { withTable { $0.figures } }

    /// How many sessions there are of each kind. A part of the table at a time, so that sources wait for milliseconds only; what
    /// changes meanwhile is counted as before or as after.
    ///
    /// - Complexity: O(places ever used).
    public func census() -> SessionCensus {
        var census = SessionCensus()
        var position: UInt32? = 0
        while let start = position { position = withTable { $0.count(from: start, into: &census) } }
        return census
    }
}
