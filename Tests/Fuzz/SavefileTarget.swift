import FlowModel
import Wire

/// A savefile, from anywhere.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    let input = ByteReader(UnsafeRawBufferPointer(start: start, count: count).bytes)
    do throws(SavefileFault) {
        var reader = SavefileReader()
        var (offset, neededCount) = (0, 0)
        while let step = try reader.next(input.slice(from: offset), neededCount: &neededCount) {
            precondition(step.length > 0)
            if case .record(let record) = step.content {
                let start = offset + record.headerLength
                precondition(start + record.capturedLength <= input.count)
                let bytes = input.slice(from: start, to: start + record.capturedLength)
                if let capture = NetlinkCapture(bytes) { walk(capture.messages) }
                _ = NFLogCapture(bytes)
            }
            offset += step.length
        }
        precondition(neededCount <= SavefileReader.longestStep)
    } catch {}
    return 0
}

private func walk(_ datagram: ByteReader) {
    var messages = NetlinkMessages(datagram)
    do throws(WireFault) { while try messages.next() != nil {} } catch {}
}
