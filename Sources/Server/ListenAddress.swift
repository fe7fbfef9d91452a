import NIOCore

/// A TCP address to answer on: `127.0.0.1:9465`, `[::1]:9465`.
public struct ListenAddress: Equatable, Sendable {
    public let host: String
    public let port: Int

    /// Whether only this host can reach it.
    public var isLoopback: Bool { host.hasPrefix("127.") || host == "::1" }

    /// `nil` where the text is no such address.
    public init?(parsing text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0
        else { return nil }
        var host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = host.dropFirst().dropLast() }
        // A colon without brackets is a part of an IPv6 address, not a port.
        guard isBracketed == host.contains(":"), (try? SocketAddress(ipAddress: String(host), port: 0)) != nil else {
            return nil
        }
        self.host = String(host)
        self.port = Int(port)
    }
}
