/// The two formats of savefiles.
public enum SavefileFormat: Sendable {
    /// The classic one: one link type, and no word of interfaces.
    case pcap
    /// Blocks, which name each record's interface and tell what the capture lost.
    case pcapng

    /// What a file of such a name is expected to be: pcapng where it says so, else pcap.
    public init(ofFile path: String) { self = path.utf8.suffix(7).elementsEqual(".pcapng".utf8) ? .pcapng : .pcap }
}
