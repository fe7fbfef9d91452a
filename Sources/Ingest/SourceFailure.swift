public import FlowModel

/// Why a source's thread ended before it was told to, where others can see it.
public final class SourceFailure: Sendable {
    private let error = Lock<IngestError?>(nil)
    private let onFailure: @Sendable () -> Void

    /// - Parameter onFailure: called from the thread of the source that failed.
    public init(onFailure: @escaping @Sendable () -> Void) { self.onFailure = onFailure }

    /// The first failure of a source, `nil` while all go on.
    public var first: IngestError? { error.withLock { $0 } }

    func report(_ failure: IngestError) {
        error.withLock { $0 = $0 ?? failure }
        onFailure()
    }
}
