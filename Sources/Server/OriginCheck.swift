import NIOCore

/// Whether a request over TCP comes from somebody who knows whom he asks.
///
/// A page in an operator's browser can make it ask any address, also under a name that was turned to this one meanwhile (DNS
/// rebinding). It cannot choose what the browser writes into Host and Origin.
enum OriginCheck {
    /// - Parameters:
    ///   - authority: the host and port that the request names.
    ///   - origin: the page that asks, as browsers tell it.
    static func check(authority: String?, origin: String?) throws(Problem) {
        guard let authority, let host = host(of: authority), isNumberOrLocal(host) else {
            throw .forbidden(
                "the host that the request names is no address: ask by address, or as localhost, not by another name")
        }
        guard let origin else { return }
        guard origin == "http://\(authority)" else {
            throw .forbidden("a page of \(origin.prefix(100)) may not ask the monitor")
        }
    }

    /// The host of `192.0.2.1:9465`, `[::1]:9465` or `localhost`.
    private static func host(of authority: String) -> Substring? {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            return authority[authority.index(after: authority.startIndex)..<end]
        }
        return authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).first
    }

    private static func isNumberOrLocal(_ host: Substring) -> Bool {
        host == "localhost" || (try? SocketAddress(ipAddress: String(host), port: 0)) != nil
    }
}
