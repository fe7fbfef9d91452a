public import FlowModel

/// What is wrong with settings: all of it, in the order of the file.
public struct SettingsError: Error, Sendable {
    public struct Fault: Equatable, Sendable {
        /// `nil` where it is about the file as a whole.
        public var place: TextPlace?
        /// What is wrong and what to write, in one sentence without its full stop.
        public var reason: String

        init(_ place: TextPlace?, _ reason: String) { (self.place, self.reason) = (place, reason) }
    }

    /// More help nobody.
    private static let greatestLineCount = 50

    public var path: String
    public var faults: [Fault]

    /// A line for each fault, as compilers write them: `nfmon.yaml:12:5: …`.
    public var lines: [String] {
        var lines = faults.prefix(Self.greatestLineCount).map { fault in
            fault.place.map { "\(path):\($0): \(fault.reason)" } ?? fault.reason
        }
        if faults.count > lines.count {
            lines.append("\(path): \(faults.count - lines.count) more faults are not shown")
        }
        return lines
    }
}

extension SettingsError {
    /// Somebody named a file, and it is not there.
    public init(missing path: String) {
        self.init(
            path: path,
            faults: [
                Fault(
                    nil,
                    "read the settings in \(path): there is no such file: leave out --config to run with the defaults")
            ])
    }
}
