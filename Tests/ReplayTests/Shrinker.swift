/// Delta debugging: finds in a list that makes a test fail a short one that does it, too.
enum Shrinker {
    /// A part of `list` of which `isSo` holds, as it does of the whole, and of no part that is shorter by one element.
    ///
    /// Takes away halves, then quarters, then eighths, and at last single elements.
    static func shrink<Element>(_ list: [Element], while isSo: ([Element]) -> Bool) -> [Element] {
        var rest = list
        var size = max(1, rest.count / 2)
        while !rest.isEmpty {
            var shrank = false
            var start = 0
            while start < rest.count {
                var candidate = rest
                candidate.removeSubrange(start..<min(start + size, rest.count))
                if isSo(candidate) {
                    rest = candidate
                    shrank = true
                } else {
                    start += size
                }
            }
            if size == 1, !shrank { break }
            size = max(1, size / 2)
        }
        return rest
    }
}
