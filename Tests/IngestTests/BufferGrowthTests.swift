import Testing

@testable import Ingest

struct BufferGrowthTests {
    @Test func bufferDoublesUpToItsBound() {
        var growth = BufferGrowth(from: 64, to: 200)
        var sizes: [Int] = []
        while growth.grow({ $0 }) { sizes.append(growth.byteCount) }
        #expect(sizes == [128, 200])
    }

    @Test func kernelThatGivesNoMoreIsAskedOnce() {
        var growth = BufferGrowth(from: 64, to: 1000)
        var asked: [Int] = []
        for _ in 0..<5 {
            _ = growth.grow {
                asked.append($0)
                return 64
            }
        }
        #expect(asked == [128])
        #expect(growth.byteCount == 64)
    }

    @Test func bufferOfAFixedSizeStaysAsItIs() {
        var growth = BufferGrowth(from: 64, to: 64)
        #expect(!growth.grow { $0 })
    }
}
