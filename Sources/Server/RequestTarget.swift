/// What a request asks for: one of the server's paths, with parameters that this path has.
struct RequestTarget: Sendable {
    let path: APIPath
    let query: RequestQuery

    init(parsing target: String, method: String) throws(Problem) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let path = APIPath(rawValue: String(first)) else {
            throw .notFound(target)
        }
        guard path.methods.contains(method) else { throw .methodNotAllowed(path.methods) }
        self.path = path
        query = try RequestQuery(parsing: parts.count > 1 ? parts[1] : nil, known: path.parameters)
    }
}
