/// An address with a port, as they are written together: `127.0.0.1:9465`, `[::1]:9465`.
public enum TCPAddressText {
    /// The address without brackets, and the port, from 1 on; `nil` where the text is none.
    public static func parse(_ text: some StringProtocol) -> (host: String, port: UInt16)? {
        guard let colon = text.lastIndex(of: ":"), let port = port(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        let isBracketed = host.first == "[" && host.last == "]" && host.count > 2
        if isBracketed { host = host.dropFirst().dropLast() }
        guard let parsed = IPAddress.parse(host), (parsed.family == .ipv6) == isBracketed else { return nil }
        return (String(host), port)
    }

    private static func port(_ digits: some StringProtocol) -> UInt16? {
        guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = UInt16(digits), port > 0 else { return nil }
        return port
    }
}
