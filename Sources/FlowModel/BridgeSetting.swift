/// Whether bridges hand what they forward to the host's own hooks and to conntrack (`net.bridge.bridge-nf-call-iptables`).
public enum BridgeSetting: Sendable {
    case isOn
    case isOff
    /// There is no such setting: nobody loaded br_netfilter, without which no bridge does.
    case isAbsent
}
