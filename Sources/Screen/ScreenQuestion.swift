/// What the screen asks: the words of `nfmon sessions` and of `/v1/sessions`.
public struct ScreenQuestion: Hashable, Sendable {
    public var filter: String
    public var by: String?
    public var having: String?
    /// `nil` is by rate.
    public var sort: String?
    public var limit: Int

    public init(filter: String = "", by: String? = nil, having: String? = nil, sort: String? = nil, limit: Int) {
        self.filter = filter
        self.by = by
        self.having = having
        self.sort = sort
        self.limit = limit
    }
}

/// Everything that one refresh needs: the list, and sessions that are looked at whether or not they are in it.
public struct ScreenInquiry: Hashable, Sendable {
    public var question: ScreenQuestion
    /// One question for each session that is followed, by its id.
    public var followed: [String: ScreenQuestion] = [:]
}

/// What came of an inquiry.
public struct ScreenReply: Sendable {
    public var inquiry: ScreenInquiry
    /// The document, or why there is none: a sentence with its cure.
    public var document: Result<[UInt8], ScreenFault>
    /// The documents about the sessions that are followed.
    public var followed: [String: [UInt8]]

    public init(
        inquiry: ScreenInquiry, document: Result<[UInt8], ScreenFault>, followed: [String: [UInt8]] = [:]
    ) {
        self.inquiry = inquiry
        self.document = document
        self.followed = followed
    }
}

/// Where answers come from: a monitor that runs, or nfmon's own table.
public protocol ScreenFeed: Sendable {
    /// In words: what is read.
    var origin: String { get }

    /// Answers with the document of `/v1/sessions?format=json`; may take its time.
    func document(for question: ScreenQuestion) throws(ScreenFault) -> [UInt8]
}

extension ScreenFeed {
    /// Answers all that one refresh needs.
    public func reply(to inquiry: ScreenInquiry) -> ScreenReply {
        do throws(ScreenFault) {
            let document = try document(for: inquiry.question)
            var followed: [String: [UInt8]] = [:]
            for (id, question) in inquiry.followed { followed[id] = try self.document(for: question) }
            return ScreenReply(inquiry: inquiry, document: .success(document), followed: followed)
        } catch {
            return ScreenReply(inquiry: inquiry, document: .failure(error))
        }
    }
}
