import Doctor
import FlowModel
import HTTPTypes
import HummingbirdCore
import Monitor
import NIOCore
import Reports

/// Answers requests.
struct RequestHandler: Sendable {
    /// What is sent for a request.
    private enum Reply {
        case whole(ResponseText)
        case stream(EventFeed)
    }

    /// Bytes of an answer that are sent at once, so that a client that takes nothing shows.
    private static let pieceSize = 64 << 10
    /// Bytes that a session takes in an answer, in the format that says most, and while it is sorted among the others.
    private static let sessionSize = 1300

    let monitor: any MonitorService
    let version: String
    /// For what is asked of all sessions.
    let work: WorkDesk
    /// For what is asked of the monitor itself: it is answered while great questions wait.
    let quick: WorkDesk
    let doctor: DoctorDesk
    let streams: StreamDesk
    let room: AnswerRoom
    /// Nanoseconds of silence after which a stream's reader is sent a heartbeat.
    let heartbeat: UInt64

    /// Answers one request, whatever is wrong with it.
    ///
    /// - Parameter isOverTCP: whether browsers can ask, too.
    func respond(
        to request: Request, _ writer: consuming ResponseWriter, on channel: any Channel, isOverTCP: Bool
    ) async throws {
        switch await reply(to: request, isOverTCP: isOverTCP) {
        case .whole(let text):
            defer { room.giveBack(text.body.count) }
            if request.method == .head { return try await writer.writeResponse(text.head) }
            var body = try await writer.writeHead(text.head)
            for start in stride(from: 0, to: text.body.count, by: Self.pieceSize) {
                let piece = text.body[start..<min(start + Self.pieceSize, text.body.count)]
                try await body.write(ByteBuffer(bytes: piece))
            }
            try await body.finish(nil)
        case .stream(let feed):
            defer { feed.close() }
            let head = ResponseText.streamHead(
                feed.format.contentType, version: version, epoch: monitor.stream.epoch)
            var body = try await writer.writeHead(head)
            let fields = try await feed.send(to: &body, over: channel)
            try await body.finish(fields)
        }
    }

    /// The reply to a request; room is taken for a whole one.
    private func reply(to request: Request, isOverTCP: Bool) async -> Reply {
        do {
            if isOverTCP {
                try OriginCheck.check(authority: request.head.authority, origin: request.headers[.origin])
            }
            guard request.headers[.transferEncoding] == nil, request.headers[.contentLength] ?? "0" == "0" else {
                throw Problem.bodyRefused
            }
            let target = try RequestTarget(parsing: request.head.path ?? "", method: request.method.rawValue)
            if target.path == .events {
                let wish = try EventRequest(target.query, names: monitor.names, heartbeat: heartbeat)
                return .stream(try EventFeed(wish, of: monitor.stream, at: streams))
            }
            let answer = try await answer(to: target, accept: request.headers[.accept])
            room.change(from: answer.expectedSize, to: answer.body.count)
            return .whole(ResponseText(answer, version: version))
        } catch {
            let asText = request.headers[.accept]?.hasPrefix("text/plain") ?? false
            let problem = error as? Problem ?? .busy("the monitor ends")
            let text = ResponseText(problem, version: version, asText: asText)
            room.change(from: 0, to: text.body.count)
            return .whole(text)
        }
    }

    /// - Parameter accept: the media types that the client wants.
    private func answer(to target: RequestTarget, accept: String?) async throws -> APIAnswer {
        switch target.path {
        case .sessions: try await sessions(target.query)
        case .status: try await status(target.query)
        case .doctor: try await diagnosis(target.query)
        case .openAPI: APIAnswer(contentType: ContentType.json, body: OpenAPIDocument.bytes(version: version))
        case .metrics: try await metrics(MetricsFormat(accept: accept))
        case .events: throw Problem.notFound(target.path.rawValue)
        }
    }

    private func sessions(_ query: RequestQuery) async throws -> APIAnswer {
        let (monitor, room) = (monitor, room)
        return try await work.run {
            let question = try SessionQuestion(query, names: monitor.names)
            let report = SessionReport(
                format: try query[SessionParameters.format] ?? .json, width: try query[SessionParameters.width])
            // Before it is made: several great ones would not have room together.
            let count = monitor.sessionCount
            let size = min(question.limit ?? count, count) * Self.sessionSize
            try room.take(size)
            var answer = APIAnswer(monitor.answer(question), by: report)
            answer.expectedSize = size
            return answer
        }
    }

    private func metrics(_ format: MetricsFormat) async throws -> APIAnswer {
        let monitor = monitor
        return try await quick.run {
            APIAnswer(contentType: format.contentType, body: MetricsReport(format: format).text(monitor.figures))
        }
    }

    private func status(_ query: RequestQuery) async throws -> APIAnswer {
        let monitor = monitor
        return try await quick.run {
            let report = StatusReport(format: try query[StatusParameters.format] ?? .json)
            let status = monitor.status
            var answer = APIAnswer(status, by: report)
            answer.sources = status.summary.downSources.isEmpty ? "up" : "down"
            return answer
        }
    }

    private func diagnosis(_ query: RequestQuery) async throws -> APIAnswer {
        let report = DiagnosisReport(format: try query[DiagnosisParameters.format] ?? .json)
        return APIAnswer(try await doctor.diagnose(), by: report)
    }
}

extension SessionQuestion {
    /// What a request asks of the sessions.
    fileprivate init(_ query: RequestQuery, names: NameTable) throws(Problem) {
        let (filter, by) = (try query[SessionParameters.filter], try query[SessionParameters.by])
        let (having, sort) = (try query[SessionParameters.having], try query[SessionParameters.sort])
        let limit = try query[SessionParameters.limit]
        do throws(SessionQuestion.Fault) {
            try self.init(filter: filter ?? "", by: by, having: having, sort: sort, limit: limit, names: names)
        } catch { throw .badRequest(error.description) }
    }
}
