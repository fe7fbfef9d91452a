public import FlowModel

extension CaptureSource.Configuration {
    /// The numbers of the interfaces, in the thread's network namespace; `nil` where it are all.
    public var interfaceIndexes: Set<InterfaceIndex>? {
        guard !interfaces.contains(CaptureInterface.all) else { return nil }
        return Set(
            interfaces.compactMap { name in
                do throws(IngestError) { return try CaptureInterface(named: name).index } catch { return nil }
            })
    }
}
