import FlowModel
import Query

extension Endpoint {
    /// Appends `192.0.2.1:443` or `[2001:db8::1]:443`, or the address alone where there is no port (RFC 3986 section 3.2.2).
    func append(to text: inout [UInt8]) {
        let isBracketed = family == .ipv6 && port != nil
        if isBracketed { text.append(UInt8(ascii: "[")) }
        address.append(to: &text, family: family)
        if isBracketed { text.append(UInt8(ascii: "]")) }
        if let port {
            text.append(UInt8(ascii: ":"))
            text.appendDecimal(UInt64(port))
        }
    }
}

extension TransportProtocol {
    /// Appends the keyword, or the number where nfmon knows none.
    func append(to text: inout [UInt8]) {
        if let keyword {
            text.append(contentsOf: keyword.utf8)
        } else {
            text.appendDecimal(UInt64(rawValue))
        }
    }
}
