public import Synchronization

/// A value that only one thread at a time gets at: a `Mutex`, and nothing else in a build without the thread sanitizer.
///
/// On Linux the standard library's mutex is a futex inside code that the sanitizer does not instrument, so that it would
/// take everything that the mutex protects for a race. A build for it (`-D THREAD_SANITIZER`, see `Tests/run`) passes an
/// atomic from holder to holder, which it does see. That says what the mutex guarantees and no more: what is touched
/// without the lock is still found.
public struct Lock<Value: ~Copyable>: ~Copyable {
    @usableFromInline
    let mutex: Mutex<Value>

    #if THREAD_SANITIZER
    @usableFromInline
    let turn = Atomic<UInt>(0)
    #endif

    @inlinable
    public init(_ value: consuming sending Value) { mutex = Mutex(value) }

    /// Calls `body` with the value, once no other thread has it.
    @inlinable
    public borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        #if THREAD_SANITIZER
        try mutex.withLock { (value) throws(Failure) in
            _ = turn.load(ordering: .acquiring)
            defer { turn.store(0, ordering: .releasing) }
            return try body(&value)
        }
        #else
        try mutex.withLock(body)
        #endif
    }
}

extension Lock: Sendable where Value: ~Copyable {}
