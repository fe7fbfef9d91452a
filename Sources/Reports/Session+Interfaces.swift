import FlowModel

extension Session {
    /// Appends the name of ``ingress``, in parentheses where it is that of the answers; nothing where it is not known.
    func appendIngress(_ names: NameBook, to text: inout [UInt8]) {
        Self.append(ingress, isMirrored: ingressIsMirrored, names, to: &text)
    }

    /// Appends the name of ``egress`` in the same way.
    func appendEgress(_ names: NameBook, to text: inout [UInt8]) {
        Self.append(egress, isMirrored: egressIsMirrored, names, to: &text)
    }

    private static func append(
        _ index: InterfaceIndex, isMirrored: Bool, _ names: NameBook, to text: inout [UInt8]
    ) {
        guard index != 0 else { return }
        if isMirrored { text.append(UInt8(ascii: "(")) }
        TerminalText.append(names.interface(index), to: &text)
        if isMirrored { text.append(UInt8(ascii: ")")) }
    }
}
