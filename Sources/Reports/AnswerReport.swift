/// Writes answers of one kind, in any of the formats, into a buffer that the caller owns.
public protocol AnswerReport: Sendable {
    associatedtype Answer

    var format: SessionFormat { get }

    func append(_ answer: Answer, into buffer: inout [UInt8])

    /// Writes what there is to say beside the rows, as lines for people: what the table ends with, and what goes to stderr beside a
    /// format that has no place for it.
    func appendSummary(of answer: Answer, into buffer: inout [UInt8])
}
