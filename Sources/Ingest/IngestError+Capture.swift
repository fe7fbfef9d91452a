internal import FlowModel

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

    /// A filter that is too long for the kernel, or to be compiled.
    static func tooLong(filter expression: String, _ reason: String) -> IngestError {
        IngestError(
            .wording, operation(ofFilter: expression), reason: "it is too long: \(reason)",
            cure: "make it shorter: networks in place of hosts, portrange in place of ports")
    }
}
