/// Who reads an NFLOG group.
public struct GroupReader: Sendable, Equatable {
    public var group: UInt16
    public var process: ProcessName

    public init(group: UInt16, process: ProcessName) {
        self.group = group
        self.process = process
    }
}
