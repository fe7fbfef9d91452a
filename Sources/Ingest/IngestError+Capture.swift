internal import FlowModel
internal import Wire

extension IngestError {
    /// What lets a process capture.
    static var capturePrivilegeCure: String {
        """
        run as root, or give the program the capabilities once: setcap cap_net_admin,cap_net_raw+ep \
        "$(command -v nfmon)"
        """
    }

    /// What was tried with a filter, which may be long.
    static func operation(ofFilter expression: String) -> String {
        let shown = expression.prefix(160)
        return "capture filter '\(shown)\(shown.count < expression.count ? "…" : "")'"
    }

    /// A filter whose program the kernel would not take.
    static func tooLong(filter expression: String) -> IngestError {
        IngestError(
            .wording, operation(ofFilter: expression),
            reason: "it is too long: the kernel takes a program of \(BPFProgram.maximumCount) instructions",
            cure: "make it shorter: networks in place of hosts, portrange in place of ports")
    }
}
