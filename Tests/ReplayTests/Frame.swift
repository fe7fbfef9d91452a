import Wire

/// What one step gave nfmon to read: a datagram, or nothing but time.
struct Frame {
    enum Kind {
        /// Nothing comes.
        case silence
        /// A conntrack event.
        case event
        /// nfmon's own request for a dump.
        case request
        /// A datagram of a dump, and the last one of a dump.
        case rows, done
        /// Packets that a rule logged.
        case packets
        /// Anything else; no fault befalls it.
        case other
    }

    var kind = Kind.silence
    var messages: [KernelMessage] = []
    var family = NetlinkCapture.Family.netfilter
    /// Nanoseconds that pass before.
    var pause: UInt64 = 0
    /// Whether nfmon reads while they pass.
    var isAwake = true
    /// Whether nfmon reads its event socket now.
    var isRead = false
}

/// All that came, and how it really was.
struct Tape {
    var frames: [Frame] = []
    var lives: [Life] = []
    /// When the first frame came, if it was recorded.
    var epoch = Monitor.epoch
    /// Whether packets were logged.
    var hasNFLog = false
}
