import FlowModel

extension Examination {
    /// Receive buffers against the rate at which conntrack tells now: one that a second's events overrun loses some whenever
    /// nfmon has to wait for its turn.
    var buffers: [Finding] {
        guard let load = facts.load else { return [] }
        guard load.dropCount > 0 || load.busiestSecond > load.buffer else { return [] }
        // Where some were dropped, nobody knows how many more there would have been.
        let needed = load.dropCount > 0 ? load.buffer * 4 : load.busiestSecond * 2
        let size = powerOfTwo(atLeast: max(needed, load.wantedBuffer))
        let sentence =
            "a second of conntrack's events takes \(load.dropCount > 0 ? "more than " : "")"
            + "\(kibibytes(load.dropCount > 0 ? load.buffer : load.busiestSecond)) of receive buffer, and nfmon gets "
            + "\(kibibytes(load.buffer)), so events are lost when it has to wait"
        let isLimited = load.buffer < load.wantedBuffer
        return [
            Finding(
                "receive-buffer", sentence,
                isLimited
                    ? shell.set("net.core.rmem_max", size, load.limitPlace)
                    : .advice("give nfmon's commands --conntrack-buffer \(max(1, size >> 10))K"))
        ]
    }

    private func powerOfTwo(atLeast size: Int) -> Int {
        var power = 4096
        while power < size, power < 1 << 30 { power *= 2 }
        return power
    }
}
