/// The tool that a new rule is made with.
public enum RuleTool: String, Sendable {
    case iptables, nft
}
