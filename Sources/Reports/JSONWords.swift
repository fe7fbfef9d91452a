import FlowModel

/// The fixed parts of JSON text: keys with the comma and the braces before them, so that each is one store.
///
/// Together they are version 1 of the schema, which golden files hold.
final class JSONWords: Sendable {
    static let shared = JSONWords()

    // Elastic Common Schema
    let open: ShortText = #"{"@timestamp":""#
    let action: ShortText = #"","event":{"action":""#
    let state: ShortText = #"","event":{"kind":"state""#
    let sequence: ShortText = #","sequence":"#
    let duration: ShortText = #","duration":"#
    let start: ShortText = #","start":""#
    let end: ShortText = #","end":""#
    let networkIPv4: ShortText = #"},"network":{"type":"ipv4""#
    let networkIPv6: ShortText = #"},"network":{"type":"ipv6""#
    let transport: ShortText = #","transport":""#
    let communityID: ShortText = #","community_id":""#
    let bytes: ShortText = #","bytes":"#
    let packets: ShortText = #","packets":"#
    let source: ShortText = #"},"source":{"ip":""#
    let destination: ShortText = #"},"destination":{"ip":""#
    let port: ShortText = #","port":"#
    let nat: ShortText = #","nat":{"ip":""#
    let observer: ShortText = #","observer":{"#
    let ingress: ShortText = #""ingress":{"#
    let egress: ShortText = #""egress":{"#
    let interface: ShortText = #""interface":{"name":"#
    let closeInterface: ShortText = "},"
    let vlan: ShortText = #""vlan":{"id":""#
    let closeVLAN: ShortText = #""},"#
    let mac: ShortText = #","mac":""#
    let rule: ShortText = #","rule":{"name":"#
    let user: ShortText = #","user":{"id":""#
    let userGroup: ShortText = #"","group":{"id":""#
    let closeUserGroup: ShortText = #""}}"#

    // nfmon's own
    let nfmon: ShortText = #","nfmon":{"schema":1"#
    let session: ShortText = #","session":""#
    let translatedCommunityID: ShortText = #","nat_community_id":""#
    let initial: ShortText = #","initial":true"#
    let earliest: ShortText = #","earliest":""#
    let lastSeen: ShortText = #","last_seen":""#
    let verdict: ShortText = #","verdict":""#
    let icmpType: ShortText = #","icmp":{"type":"#
    let icmpCode: ShortText = #","code":"#
    let icmpIdentifier: ShortText = #","id":"#
    let gre: ShortText = #","gre":{"#
    let sourceKey: ShortText = #""source_key":"#
    let destinationKey: ShortText = #""destination_key":"#
    let tcpState: ShortText = #","state":""#
    let zone: ShortText = #","zone":"#
    let replyZone: ShortText = #","reply_zone":"#
    let mark: ShortText = #","mark":"#
    let helper: ShortText = #","helper":"#
    let status: ShortText = #","status":["#
    let expected: ShortText = #""expected","#
    let seenReply: ShortText = #""seen-reply","#
    let assured: ShortText = #""assured","#
    let fixedTimeout: ShortText = #""fixed-timeout","#
    let offload: ShortText = #""offload","#
    let hardwareOffload: ShortText = #""hardware-offload","#
    let conntrackLane: ShortText = #","lanes":["conntrack"]"#
    let nflogLane: ShortText = #","lanes":["nflog"]"#
    let bothLanes: ShortText = #","lanes":["conntrack","nflog"]"#
    let lanes: ShortText = #","lanes":["#
    let conntrackWord: ShortText = #""conntrack","#
    let nflogWord: ShortText = #""nflog","#
    let packetWord: ShortText = #""packet"]"#
    let packet: ShortText = #","packet":["#
    let tap: ShortText = #"{"direction":""#
    let tapVLAN: ShortText = #","vlan":"#
    let tapInterface: ShortText = #","interface":"#
    let frameDirections = table { FrameDirection(rawValue: $0)?.keyword }
    let tapOriginal: ShortText = #","original":{"packets":"#
    let tapReply: ShortText = #","reply":{"packets":"#
    let wholePackets: ShortText = #","whole":{"packets":"#
    let wirePackets: ShortText = #","wire":{"packets":"#
    let headerBytes: ShortText = #","header_bytes":"#
    let aggregates: ShortText = #","aggregates":"#
    let unsplit: ShortText = #","unsplit":"#
    let fragments: ShortText = #","fragments":"#
    let otherTaps: ShortText = #","other_taps":"#
    let exact: ShortText = #","exact":true"#
    let mirrored: ShortText = #","mirrored":["#
    let ingressWord: ShortText = #""ingress","#
    let egressWord: ShortText = #""egress","#
    let physical: ShortText = #","physical":{"#
    let reply: ShortText = #","reply":{"#
    let replyPhysical: ShortText = #","reply_physical":{"#
    let pairIngress: ShortText = #""ingress":"#
    let pairEgress: ShortText = #""egress":"#
    let denials: ShortText = #","denials":["#
    let denialVerdict: ShortText = #"{"verdict":""#
    let denialRule: ShortText = #","rule":"#
    let otherRules: ShortText = #"{"other_rules":"#
    let closeDenial: ShortText = "},"
    let first: ShortText = #","first":""#
    let last: ShortText = #","last":""#
    let ports: ShortText = #","ports":{"from":"#
    let portsEnd: ShortText = #","to":"#
    let later: ShortText = #","later":{"session":""#
    let lowerBound: ShortText = #"lower-bound""#
    let frozen: ShortText = #"frozen""#
    let inexact: ShortText = #","exact":false,"exactness":""#
    let nflogPackets: ShortText = #","nflog":{"packets":"#
    let errors: ShortText = #","icmp_errors":"#
    let countersAge: ShortText = #","counters":{"age":"#
    let rateBytes: ShortText = #","rate":{"bytes":"#
    let lane: ShortText = #","source":""#
    let cause: ShortText = #","cause":""#
    let taken: ShortText = #","takes":["#
    let phaseBegin: ShortText = #","phase":"begin""#
    let phaseEnd: ShortText = #","phase":"end""#
    let lost: ShortText = #","lost":"#
    let rows: ShortText = #","rows":"#
    let found: ShortText = #","found":"#
    let ended: ShortText = #","ended":"#
    let corrected: ShortText = #","corrected":"#
    let incomplete: ShortText = #","complete":false"#

    // Values: the vocabulary's keywords by raw value

    let actions = table { EventAction(rawValue: $0)?.keyword }
    let endCauses = table { SessionEnd.Cause(rawValue: $0)?.keyword }
    let verdicts = table { Verdict(rawValue: $0)?.keyword }
    let tcpStates = table { $0 == TCPState.none.rawValue ? nil : TCPState(rawValue: $0).keyword }
    let transports = table { TransportProtocol(rawValue: $0).keyword ?? String($0) }
    let mappedPrefix: ShortText = "::ffff:"
    /// Each number below 256 with a point, and in the highest byte the length of that.
    let octets: [UInt64] = (0..<256).map { octet in
        let text = ShortText("\(octet).".utf8)
        return text.words.0 | UInt64(text.count) << 56
    }

    /// A text for every raw value, empty where there is no word.
    private static func table(_ keyword: (UInt8) -> String?) -> [ShortText] {
        (0...UInt8.max).map { ShortText((keyword($0) ?? "").utf8) }
    }
}
