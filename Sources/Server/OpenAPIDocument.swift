import Reports

/// The description of the server's interface (OpenAPI 3.1), made of what the server itself reads requests with.
enum OpenAPIDocument {
    /// - Parameter version: the monitor's.
    static func bytes(version: String) -> [UInt8] {
        let document: DocumentValue = [
            "openapi": "3.1.0",
            "info": [
                "title": "nfmon", "version": .text(version),
                "summary": "Who talks to whom through this firewall, and how sure that is.",
                "description": """
                What a running nfmon knows. Everything is only looked at. What a format has no place for (totals, how complete \
                the answer is, notes) comes in header fields named nfmon-summary, a line each. A method that a path does not \
                have is answered with status 405, and the field Allow names those that it has.
                """,
            ],
            "paths": .object(APIPath.allCases.map { ($0.rawValue, item(of: $0)) }),
            "components": ["schemas": ["problem": problem]],
        ]
        return document.bytes
    }

    private static let problem: DocumentValue = [
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": [
            "type": ["type": "string"], "title": ["type": "string"], "status": ["type": "integer"],
            "detail": ["type": "string"],
        ],
    ]

    private static func item(of path: APIPath) -> DocumentValue {
        .object(path.methods.map { ($0.lowercased(), operation(path, $0)) })
    }

    private static func operation(_ path: APIPath, _ method: String) -> DocumentValue {
        let problems = path.problems.map { ("\($0.status)", refusal($0.status, $0.sentence, method)) }
        return [
            "operationId": .text("\(method.lowercased())-\(path.identifier)"),
            "summary": .text(path.sentence),
            "parameters": .list(path.parameters.map(description)),
            "responses": .object([("200", success(path, method))] + problems),
        ]
    }

    private static func description(of parameter: any ParameterDescription) -> DocumentValue {
        [
            "name": .text(parameter.name), "in": "query", "required": false, "description": .text(parameter.sentence),
            "schema": parameter.schema,
        ]
    }

    private static func success(_ path: APIPath, _ method: String) -> DocumentValue {
        let fields = ("headers", DocumentValue.object(path.fields.map { ($0.name, field($0.schema, $0.sentence)) }))
        // HEAD answers with the same fields, and no content.
        guard method == "GET" else { return .object([("description", "the answer's header fields"), fields]) }
        return .object([
            ("description", "the answer"), fields,
            ("content", .object(path.contentTypes.map { ($0, content(of: $0)) })),
        ])
    }

    private static func field(_ schema: DocumentValue, _ sentence: String) -> DocumentValue {
        ["description": .text(sentence), "schema": schema]
    }

    private static func content(of type: String) -> DocumentValue {
        ["schema": ["type": type == ContentType.json ? ["object", "array"] : "string"]]
    }

    private static func refusal(_ status: Int, _ sentence: String, _ method: String) -> DocumentValue {
        var members: [(String, DocumentValue)] = [("description", .text(sentence))]
        if status == 503 {
            let seconds = field(["type": "integer"], "after how many seconds to ask again")
            members.append(("headers", ["Retry-After": seconds]))
        }
        guard method == "GET" else { return .object(members) }
        members.append(
            (
                "content",
                [
                    Problem.contentType: ["schema": ["$ref": "#/components/schemas/problem"]],
                    ContentType.text: ["schema": ["type": "string"]],
                ]
            ))
        return .object(members)
    }
}
