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
