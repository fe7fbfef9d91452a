/// What the monitor's server answers to.
public enum APIPath: String, CaseIterable, Sendable {
    case sessions = "/v1/sessions"
    case events = "/v1/events"
    case status = "/v1/status"
    case doctor = "/v1/doctor"
    /// The description of all of this.
    case openAPI = "/v1/openapi.json"
    case metrics = "/metrics"
}

extension APIPath {
    /// A stream has no length that HEAD could tell.
    var methods: [String] { self == .events ? ["GET"] : ["GET", "HEAD"] }

    var parameters: [any ParameterDescription] {
        switch self {
        case .sessions: SessionParameters.all
        case .events: EventParameters.all
        case .status: StatusParameters.all
        case .doctor: DiagnosisParameters.all
        case .openAPI, .metrics: []
        }
    }
}
