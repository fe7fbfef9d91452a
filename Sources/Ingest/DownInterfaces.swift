internal import FlowModel

/// The interfaces of a capture that were down at some time: nothing passes them then.
final class DownInterfaces: Sendable {
    private let state = Lock<Set<String>>([])

    var names: Set<String> { state.withLock { $0 } }

    func insert(_ name: String) { state.withLock { _ = $0.insert(name) } }
}
