import ArgumentParser

/// A whole number as an option.
enum WholeNumber {
    /// Reads a number in a range, and where it is none, or outside, says which the range is.
    static func parser<Number: FixedWidthInteger & Sendable>(
        in range: ClosedRange<Number>
    ) -> @Sendable (String) throws -> Number {
        { argument in
            guard let number = Number(argument), range.contains(number) else {
                throw ValidationError(
                    range.upperBound == .max && range.lowerBound > 0
                        ? "give a whole number of at least \(range.lowerBound)."
                        : "give a whole number from \(range.lowerBound) to \(range.upperBound).")
            }
            return number
        }
    }
}
