internal import CLinux
public import FlowModel
internal import Glibc

/// A thread: it ends when its body returns. Its owner waits for that, or lets go of it.
public final class Thread: Sendable {
    private let handle: Lock<pthread_t?>

    /// Starts a thread.
    ///
    /// - Parameter name: what `ps -L` and `top -H` show; at most 15 bytes.
    public init(name: String, _ body: @escaping @Sendable () -> Void) throws(IngestError) {
        final class Start: Sendable {
            let name: String
            let body: @Sendable () -> Void

            init(name: String, body: @escaping @Sendable () -> Void) {
                self.name = name
                self.body = body
            }
        }
        var handle = pthread_t()
        // SAFETY: the retained start is handed to the thread, which releases it exactly once; without a thread it is released here.
        let start = unsafe Unmanaged.passRetained(Start(name: name, body: body))
        let result = unsafe pthread_create(
            &handle, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                unsafe start.name.withCString { unsafe nfmon_name_thread($0) }
                start.body()
                return nil
            }, start.toOpaque())
        guard result == 0 else {
            unsafe start.release()
            throw IngestError("start a thread", errno: result)
        }
        self.handle = Lock(handle)
    }

    // A thread that nobody waits for would keep its stack after its end.
    deinit { if let handle = handle.withLock({ $0 }) { _ = pthread_detach(handle) } }

    /// Waits for the thread's end; at once if that was done before.
    public func join() {
        guard
            let handle = handle.withLock({ handle in
                defer { handle = nil }
                return handle
            })
        else { return }
        // The handle is joined once only, as it was taken out under the lock.
        _ = pthread_join(handle, nil)
    }
}
