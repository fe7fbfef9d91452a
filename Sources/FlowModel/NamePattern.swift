import Synchronization

/// Names of a ``NameTable`` by a pattern: `lan*`, where each star stands for any number of bytes.
///
/// What a name's answer is it finds out once, and keeps by the name's number while the number is the name's: asking again is two
/// loads, without a lock and without a look at the text, however many names there will be.
public final class NamePattern: Sendable {
    /// As it was written.
    public let text: String
    /// Whether it is a name itself, whatever stars are in it.
    public let isExact: Bool
    private let names: NameTable
    /// What stands between the stars.
    private let pieces: [[UInt8]]
    /// Two bits a name: whether the answer is known, and the answer.
    private let answers: InlineArray<2048, Atomic<UInt64>>
    /// How often the table had forgotten names when the answers were found out.
    private let forgetCount: Atomic<UInt32>

    /// - Parameters:
    ///   - text: without a star it is the name itself.
    ///   - names: where the names that it will be asked of are numbered.
    public init(_ text: String, names: NameTable) {
        self.text = text
        isExact = false
        self.names = names
        pieces = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map { Array($0) }
        answers = InlineArray { _ in Atomic(0) }
        forgetCount = Atomic(names.forgetCount)
    }

    /// The name itself, whatever stars are in it.
    public init(exactly text: String, names: NameTable) {
        self.text = text
        isExact = true
        self.names = names
        pieces = [Array(text.utf8)]
        answers = InlineArray { _ in Atomic(0) }
        forgetCount = Atomic(names.forgetCount)
    }

    /// Whether the name of this number is meant; a number of no name is not.
    ///
    /// - Complexity: O(1); the first time O(length of name and pattern).
    public func matches(_ number: NameID) -> Bool {
        if forgetCount.load(ordering: .acquiring) != names.forgetCount { forget() }
        let shift = UInt64(number.rawValue & 31) * 2
        switch answers[Int(number.rawValue >> 5)].load(ordering: .relaxed) >> shift & 3 {
        case 0: return look(at: number, shift)
        case let answer: return answer == 3
        }
    }

    private func forget() {
        let count = names.forgetCount
        for index in answers.indices { answers[index].store(0, ordering: .relaxed) }
        forgetCount.store(count, ordering: .releasing)
    }

    private func look(at number: NameID, _ shift: UInt64) -> Bool {
        guard let bytes = names.bytes(of: number), !number.isNone else { return false }
        let isMeant = matches(bytes)
        answers[Int(number.rawValue >> 5)].bitwiseOr((isMeant ? 3 : 1) << shift, ordering: .relaxed)
        return isMeant
    }

    /// Each piece at the first place where it can be: none later could leave more room for those that follow.
    func matches(_ name: [UInt8]) -> Bool {
        guard let first = pieces.first, let last = pieces.last else { return false }
        guard pieces.count > 1 else { return name == first }
        guard name.count >= first.count + last.count, name.starts(with: first),
            name.suffix(last.count).elementsEqual(last)
        else { return false }
        var rest = name.dropFirst(first.count).dropLast(last.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            while rest.count >= piece.count, !rest.starts(with: piece) { rest = rest.dropFirst() }
            guard rest.count >= piece.count else { return false }
            rest = rest.dropFirst(piece.count)
        }
        return true
    }
}

extension NamePattern: Hashable {
    public static func == (left: NamePattern, right: NamePattern) -> Bool {
        left.text == right.text && left.isExact == right.isExact && left.names === right.names
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
