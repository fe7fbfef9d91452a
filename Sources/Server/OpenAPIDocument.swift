import Reports

/// The description of the server's interface (OpenAPI 3.1), made of what the server itself reads requests with.
enum OpenAPIDocument {
    /// - Parameter version: the monitor's.
    static func bytes(version: String) -> [UInt8] {
        let document: JSONValue = [
            "openapi": "3.1.0",
            "info": [
                "title": "nfmon", "version": .text(version),
                "summary": "Who talks to whom through this firewall, and how sure that is.",
                "description": """
                What a running nfmon knows. Everything is only looked at. What a format has no place for (totals, how complete \
                the answer is, notes) comes in header fields named nfmon-summary, a line each.
                """,
            ],
            "paths": .object(APIPath.allCases.map { ($0.rawValue, item(of: $0)) }),
            "components": ["schemas": ["problem": problem]],
        ]
        return document.bytes
    }

    private static let problem: JSONValue = [
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": [
            "type": ["type": "string"], "title": ["type": "string"], "status": ["type": "integer"],
            "detail": ["type": "string"],
        ],
    ]

    private static func item(of path: APIPath) -> JSONValue {
        .object(path.methods.map { ($0.lowercased(), operation(path, $0)) })
    }

    private static func operation(_ path: APIPath, _ method: String) -> JSONValue {
        let problems = path.problems.map { ("\($0.status)", refusal($0.sentence, method)) }
        return [
            "operationId": .text("\(method.lowercased())-\(path.identifier)"),
            "summary": .text(path.sentence),
            "parameters": .list(path.parameters.map(description)),
            "responses": .object([("200", success(path, method))] + problems),
        ]
    }

    private static func description(of parameter: any ParameterDescription) -> JSONValue {
        [
            "name": .text(parameter.name), "in": "query", "required": false, "description": .text(parameter.sentence),
            "schema": parameter.schema,
        ]
    }

    private static func success(_ path: APIPath, _ method: String) -> JSONValue {
        // HEAD answers with the same fields, and no content.
        guard method == "GET" else { return ["description": "the answer's header fields"] }
        return ["description": "the answer", "content": .object(path.contentTypes.map { ($0, content(of: $0)) })]
    }

    private static func content(of type: String) -> JSONValue {
        ["schema": ["type": type == ContentType.json ? ["object", "array"] : "string"]]
    }

    private static func refusal(_ sentence: String, _ method: String) -> JSONValue {
        guard method == "GET" else { return ["description": .text(sentence)] }
        return [
            "description": .text(sentence),
            "content": [
                Problem.contentType: ["schema": ["$ref": "#/components/schemas/problem"]],
                ContentType.text: ["schema": ["type": "string"]],
            ],
        ]
    }
}
