import FlowModel

extension SettingFormat where Value == String {
    /// A user or a group, as useradd(8) allows them.
    static func account(_ kind: String) -> SettingFormat {
        name(kind, expectation: "the name of a \(kind)") { text in
            text.utf8.count <= 32 && text.first != "-"
                && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-$".contains($0)) }
        }
    }

    /// A network namespace, as `ip netns` takes it: the name of a file.
    static let namespace = name("name", expectation: "the name of a network namespace, as ip netns list shows it") {
        text in
        text.utf8.count <= 255 && !text.contains("/") && text != "." && text != ".."
    }

    /// The path of a Unix socket, which the kernel keeps in 108 bytes with a NUL behind it.
    static let socketPath = name("path", expectation: "a path that begins with / and has at most 103 bytes") { text in
        text.utf8.count <= 103 && text.hasPrefix("/") && !text.hasSuffix("/")
    }

    /// A TCP address to listen on, as ``TCPAddressText`` reads it.
    static let tcpAddress = name(
        "address:port", expectation: "an address and a port, such as 127.0.0.1:9465 or [::1]:9465"
    ) { TCPAddressText.parse($0) != nil }

    private static func name(
        _ placeholder: String, expectation: String, _ isGood: @escaping @Sendable (String) -> Bool
    ) -> SettingFormat {
        SettingFormat(
            placeholder: placeholder, expectation: expectation,
            parse: { !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 0x20 } && isGood($0) ? $0 : nil }, text: { $0 })
    }
}
