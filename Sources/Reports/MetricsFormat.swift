/// In which text metrics are written.
public enum MetricsFormat: String, CaseIterable, Sendable {
    /// OpenMetrics 1.0, which Prometheus asks for first.
    case openMetrics
    /// The older text of Prometheus, version 0.0.4, which everybody reads, people included.
    case prometheus

    /// The value of `Content-Type`.
    public var contentType: String {
        switch self {
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        }
    }

    /// The format that a client wants most (RFC 9110, section 12.5.1); OpenMetrics only if it is named.
    ///
    /// - Parameter accept: the value of `Accept`, `nil` where there is none.
    public init(accept: String?) {
        var (openMetrics, plain) = (0.0, 0.0)
        for range in (accept ?? "").split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            func parameter(_ name: String) -> Substring? {
                parts.dropFirst().first { $0.hasPrefix(name + "=") }?.dropFirst(name.count + 1)
            }
            // What is no number wants nothing.
            let quality = parameter("q").map { Double($0) ?? 0 } ?? 1
            switch parts.first {
            case "application/openmetrics-text":
                let version = parameter("version") ?? "1.0.0"
                if version == "1.0.0" { openMetrics = max(openMetrics, quality) }
            case "text/plain", "text/*", "*/*": plain = max(plain, quality)
            default: break
            }
        }
        self = openMetrics > 0 && openMetrics >= plain ? .openMetrics : .prometheus
    }
}
