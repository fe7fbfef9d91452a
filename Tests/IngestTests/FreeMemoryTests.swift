import FlowModel
import Testing

@testable import Ingest

/// Rings are the kernel's memory, of which a host must keep some.
struct FreeMemoryTests {
    @Test func whatIsFreeIsReadAsTheKernelTellsIt() {
        #expect(FreeMemory.bytes(of: "MemTotal: 100 kB\nMemFree:  10 kB\nMemAvailable:      64 kB\n") == 65_536)
        #expect(FreeMemory.bytes(of: "MemTotal: 100 kB\n") == nil)
        #expect(FreeMemory.bytes(of: "MemAvailable: 18446744073709551615 kB\n") == nil)
        #expect(FreeMemory.bytes(of: "MemAvailable:\n") == nil)
        #expect(FreeMemory.current ?? 0 > 0)
    }

    @Test func ringsThatTakeMoreThanHalfOfItAreRefusedWithTheCure() throws {
        try CaptureThreads.checkRoom(forRings: 4, of: 32 << 20, in: 256 << 20)
        try CaptureThreads.checkRoom(forRings: 64, of: 1 << 30, in: nil)
        let error = #expect(throws: IngestError.self) {
            try CaptureThreads.checkRoom(forRings: 5, of: 32 << 20, in: 256 << 20)
        }
        #expect(
            error?.description == """
                capture into 5 rings of 32768 KiB: that is more than half of the 256 MiB of free memory: \
                give a smaller --packet-buffer
                """)
    }
}
