import FlowModel
import Wire

/// A savefile, from anywhere.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    let input = ByteReader(UnsafeRawBufferPointer(start: start, count: count).bytes)
    do throws(SavefileFault) {
        let header = try SavefileHeader(input)
        var offset = SavefileHeader.size
        while let record = try SavefileRecord(input, at: offset, in: header) {
            let start = offset + SavefileRecord.size
            offset = start + record.capturedLength
            let bytes = input.slice(from: start, to: offset)
            if let capture = NetlinkCapture(bytes) { walk(capture.messages) }
            _ = NFLogCapture(bytes)
        }
    } catch {}
    return 0
}

private func walk(_ datagram: ByteReader) {
    var messages = NetlinkMessages(datagram)
    do throws(WireFault) { while try messages.next() != nil {} } catch {}
}
