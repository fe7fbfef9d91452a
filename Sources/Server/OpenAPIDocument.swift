import Reports

/// The description of the server's interface (OpenAPI 3.1), made of what the server itself reads requests with.
enum OpenAPIDocument {
    /// - Parameter version: the monitor's.
    static func bytes(version: String) -> [UInt8] { document(version).bytes }

    private static func document(_ version: String) -> JSONValue {
        .object([
            ("openapi", .text("3.1.0")),
            (
                "info",
                .object([
                    ("title", .text("nfmon")), ("version", .text(version)),
                    ("summary", .text("Who talks to whom through this firewall, and how sure that is.")),
                    (
                        "description",
                        .text(
                            """
                            What a running nfmon knows. Everything is only looked at. What a format has no place for (totals, how \
                            complete the answer is, notes) comes in header fields named nfmon-summary, a line each.
                            """)
                    ),
                ])
            ),
            ("paths", .object(APIPath.allCases.map { ($0.rawValue, item(of: $0)) })),
            (
                "components",
                .object([
                    (
                        "schemas",
                        .object([
                            (
                                "problem",
                                .object([
                                    ("type", .text("object")),
                                    ("required", .list(["type", "title", "status", "detail"].map { .text($0) })),
                                    (
                                        "properties",
                                        .object([
                                            ("type", .object([("type", .text("string"))])),
                                            ("title", .object([("type", .text("string"))])),
                                            ("status", .object([("type", .text("integer"))])),
                                            ("detail", .object([("type", .text("string"))])),
                                        ])
                                    ),
                                ])
                            )
                        ])
                    )
                ])
            ),
        ])
    }

    private static func item(of path: APIPath) -> JSONValue {
        .object(path.methods.map { ($0.lowercased(), operation(path, $0)) })
    }

    private static func operation(_ path: APIPath, _ method: String) -> JSONValue {
        .object([
            ("operationId", .text("\(method.lowercased())-\(path.identifier)")), ("summary", .text(path.sentence)),
            ("parameters", .list(path.parameters.map(description))),
            (
                "responses",
                .object(
                    [("200", success(path, method))]
                        + path.problems.map { ("\($0.status)", problem($0.sentence, method)) })
            ),
        ])
    }

    private static func description(of parameter: any ParameterDescription) -> JSONValue {
        .object([
            ("name", .text(parameter.name)), ("in", .text("query")), ("required", .flag(false)),
            ("description", .text(parameter.sentence)), ("schema", parameter.schema),
        ])
    }

    private static func success(_ path: APIPath, _ method: String) -> JSONValue {
        var members: [(String, JSONValue)] = [("description", .text("the answer"))]
        if method == "GET" {
            members.append(("content", .object(path.contentTypes.map { ($0, content(of: $0)) })))
        }
        return .object(members)
    }

    private static func content(of type: String) -> JSONValue {
        .object([
            (
                "schema",
                .object([
                    ("type", type == ContentType.json ? .list([.text("object"), .text("array")]) : .text("string"))
                ])
            )
        ])
    }

    private static func problem(_ sentence: String, _ method: String) -> JSONValue {
        var members: [(String, JSONValue)] = [("description", .text(sentence))]
        if method == "GET" {
            let schema = JSONValue.object([("$ref", .text("#/components/schemas/problem"))])
            members.append(
                (
                    "content",
                    .object([
                        (Problem.contentType, .object([("schema", schema)])),
                        (ContentType.text, .object([("schema", .object([("type", .text("string"))]))])),
                    ])
                ))
        }
        return .object(members)
    }
}
