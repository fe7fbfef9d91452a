public import FlowModel
import Wire

/// By what means the kernel leaves out what a filter does not admit, for people who ask.
public struct KernelMeans: Sendable {
    /// How long the event socket's program is; `nil` where there is none, as the kernel takes none so long.
    public let instructionCount: Int?
    /// What dumps are asked for, in the words of filters.
    public let dumpColumns: [String]

    /// - Parameter looksOnce: whether there will be one dump only, which may then be asked for what changes.
    public init(_ filter: SourceFilter, looksOnce: Bool) {
        instructionCount = BPFProgram(keeping: filter)?.instructions.count
        let dump = DumpFilter(filter, isOnly: looksOnce)
        dumpColumns = [
            dump.family == nil ? nil : "family", dump.zone == nil ? nil : "zone", dump.mark == nil ? nil : "mark",
            dump.status == nil ? nil : "status",
        ].compactMap(\.self)
    }
}
