public import FlowModel
internal import Glibc

/// Looks up what addresses are called, beside whoever wants to know: an answer is there, or will be, or there is none.
///
/// The names are the system's (`/etc/hosts`, DNS). They are anybody's text: whoever owns an address chooses its name.
public final class NameResolver: Sendable {
    /// Answers that are kept; beyond it all are forgotten.
    private static let cacheLimit = 4096
    /// Addresses that may wait; others are asked for again later.
    private static let queueLimit = 256
    /// A name server that does not answer takes seconds for each address.
    private static let threadCount = 4

    private struct State {
        /// An address whose value is `nil` has no name.
        var names: [String: String?] = [:]
        var queue: [String] = []
        var isStopped = false
    }

    /// Up when there are new names.
    public let news: Signal
    private let state = Lock(State())
    private let wake: Signal

    public init() throws(IngestError) {
        news = try Signal()
        wake = try Signal()
        // Nobody waits for the threads: a name server may hold them up, and they go with the process.
        for _ in 0..<Self.threadCount { _ = try Thread(name: "nf-names") { [self] in work() } }
    }

    /// The names that are known of these addresses. What is not known is looked up.
    public func names(of addresses: some Sequence<String>) -> [String: String] {
        let (names, isWaiting) = state.withLock { state in
            var names: [String: String] = [:]
            for address in addresses {
                if let answer = state.names[address] {
                    names[address] = answer
                } else if state.queue.count < Self.queueLimit, !state.queue.contains(address) {
                    state.queue.append(address)
                }
            }
            return (names, !state.queue.isEmpty)
        }
        if isWaiting { wake.raise() }
        return names
    }

    /// Forgets what waits: nobody wants names any more.
    public func rest() { state.withLock { $0.queue.removeAll() } }

    /// Ends the threads, each once it has its answer.
    public func stop() {
        state.withLock { $0.isStopped = true }
        wake.raise()
    }

    private func work() {
        while true {
            Signal.wait(for: [wake], timeout: nil)
            wake.lower()
            let (address, isMore, isStopped) = state.withLock { state in
                let address = state.queue.isEmpty ? nil : state.queue.removeFirst()
                // Not asked for again meanwhile, and without a name until it has one.
                if let address {
                    if state.names.count >= Self.cacheLimit { state.names.removeAll() }
                    state.names[address] = .some(nil)
                }
                return (address, !state.queue.isEmpty || state.isStopped, state.isStopped)
            }
            // The others were woken by the same flag, and may have seen it lowered.
            if isMore { wake.raise() }
            if isStopped { return }
            guard let address, let name = Self.name(of: address) else { continue }
            state.withLock { $0.names[address] = name }
            news.raise()
        }
    }

    /// What the system calls an address; `nil` where it has no name for it.
    private static func name(of address: String) -> String? {
        // SAFETY: the hints have no pointers; the list is freed once, after its first entry was used; the name's buffer is as long as is said, and the
        // call ends it with NUL.
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_NUMERICHOST
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(address, nil, &hints, &list) == 0, let first = unsafe list else { return nil }
        defer { unsafe freeaddrinfo(first) }
        var name = [CChar](repeating: 0, count: 1025)  // NI_MAXHOST
        let result = unsafe getnameinfo(
            first.pointee.ai_addr, first.pointee.ai_addrlen, &name, socklen_t(name.count), nil, 0, NI_NAMEREQD)
        guard result == 0 else { return nil }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
