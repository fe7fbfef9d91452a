import FlowModel

/// Writes metrics, a family after the other; what a family has no sample of is left out with its heading.
struct MetricsText {
    let format: MetricsFormat
    var bytes: [UInt8] = []
    private var family = MetricFamily.build
    private var isHeaded = false

    init(_ format: MetricsFormat) { self.format = format }

    /// What follows is of this family.
    mutating func begin(_ family: MetricFamily) {
        self.family = family
        isHeaded = false
    }

    /// Ends the text.
    mutating func end() { if format == .openMetrics { append("# EOF\n") } }

    // MARK: Samples

    /// Appends a sample.
    ///
    /// - Parameter labels: the values of the family's labels, in their order.
    mutating func sample(_ value: UInt64, _ labels: [UInt8]...) { sample(value, labels: Self.labels(labels, family)) }

    /// A sample whose labels are written already.
    mutating func sample(_ value: UInt64, labels: [UInt8]) {
        open(family.sampleName, labels)
        bytes.appendDecimal(value)
        append("\n")
    }

    /// Appends a number of nanoseconds as seconds.
    mutating func sample(seconds nanoseconds: UInt64, _ labels: [UInt8]...) {
        open(family.sampleName, Self.labels(labels, family))
        append(seconds: nanoseconds)
        append("\n")
    }

    /// Appends a histogram.
    mutating func sample(_ histogram: LatencyHistogram, _ labels: [UInt8]...) {
        let labels = Self.labels(labels, family)
        var count: UInt64 = 0
        for (index, inBucket) in histogram.counts.enumerated() {
            count &+= inBucket
            var bound = labels
            if !bound.isEmpty { bound.append(UInt8(ascii: ",")) }
            bound.append(contentsOf: "le=\"".utf8)
            if index < LatencyHistogram.bounds.count {
                bound.append(seconds: LatencyHistogram.bounds[index])
            } else {
                bound.append(contentsOf: "+Inf".utf8)
            }
            bound.append(UInt8(ascii: "\""))
            open(family.name + "_bucket", bound)
            bytes.appendDecimal(count)
            append("\n")
        }
        open(family.name + "_sum", labels)
        append(seconds: histogram.sum)
        append("\n")
        open(family.name + "_count", labels)
        bytes.appendDecimal(count)
        append("\n")
    }

    /// The text between a sample's braces.
    static func labels(_ values: [[UInt8]], _ family: MetricFamily) -> [UInt8] {
        precondition(values.count == family.labels.count, "a value for each label of a metric")
        var text: [UInt8] = []
        for (index, value) in values.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            text.append(contentsOf: family.labels[index].utf8)
            text.append(contentsOf: "=\"".utf8)
            text.append(label: value)
            text.append(UInt8(ascii: "\""))
        }
        return text
    }

    // MARK: Parts

    private mutating func open(_ name: String, _ labels: [UInt8]) {
        if !isHeaded { head() }
        append(name)
        if !labels.isEmpty {
            append("{")
            bytes.append(contentsOf: labels)
            append("}")
        }
        append(" ")
    }

    private mutating func head() {
        isHeaded = true
        let name = format == .openMetrics ? family.name : family.sampleName
        let kind = format == .prometheus && family.kind == .info ? .gauge : family.kind
        append("# HELP \(name) \(family.help)\n# TYPE \(name) \(kind.rawValue)\n")
        if format == .openMetrics, let unit = family.unit { append("# UNIT \(name) \(unit)\n") }
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func append(seconds nanoseconds: UInt64) { bytes.append(seconds: nanoseconds) }
}

extension [UInt8] {
    /// Appends a label's value: as people read a name on a terminal, since they will, and then with the escapes of the format.
    fileprivate mutating func append(label value: [UInt8]) {
        var shown: [UInt8] = []
        TerminalText.append(value, to: &shown)
        for byte in shown {
            if byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\"") { append(UInt8(ascii: "\\")) }
            append(byte)
        }
    }

    /// Appends nanoseconds as seconds: exact, and with a point, as canonical bounds of buckets have one.
    fileprivate mutating func append(seconds nanoseconds: UInt64) {
        appendDecimal(nanoseconds / 1_000_000_000)
        append(UInt8(ascii: "."))
        appendDecimal(nanoseconds % 1_000_000_000, width: 9)
        while last == UInt8(ascii: "0"), self[count - 2] != UInt8(ascii: ".") { removeLast() }
    }
}
