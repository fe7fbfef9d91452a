/// The word that somebody meant who wrote another one.
enum NearWord {
    /// - Returns: the nearest of the words; `nil` where none is near: more than a third of its letters would have to change.
    static func nearest(to word: String, among words: [String]) -> String? {
        let letters = Array(word.lowercased().replacing("_", with: "-").prefix(64))
        let near = words.map { ($0, distance(letters, Array($0))) }.filter { $0.1 <= max(1, $0.0.count / 3) }
        return near.min { $0.1 < $1.1 }?.0
    }

    /// How many letters have to be added, taken out, changed or swapped with their neighbour.
    private static func distance(_ one: [Character], _ other: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...other.count)
        for (i, letter) in one.enumerated() {
            var row = [i + 1]
            for (j, counterpart) in other.enumerated() {
                var least = min(last[j + 1] + 1, row[j] + 1, last[j] + (letter == counterpart ? 0 : 1))
                if i > 0, j > 0, letter == other[j - 1], one[i - 1] == counterpart {
                    least = min(least, beforeLast[j - 1] + 1)
                }
                row.append(least)
            }
            (beforeLast, last) = (last, row)
        }
        return last[other.count]
    }
}
