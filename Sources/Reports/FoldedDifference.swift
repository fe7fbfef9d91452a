import Comparison
import FlowModel

/// A difference of one direction, or of both where they have the same reason.
struct FoldedDifference {
    var difference: Difference
    var isBothWays = false
}

extension ComparedSession {
    /// The differences, those that both directions have for the same reason as one.
    var foldedDifferences: [FoldedDifference] {
        var folded: [FoldedDifference] = []
        for difference in differences {
            let twin = folded.firstIndex {
                let other = $0.difference
                return !$0.isBothWays && other.direction != difference.direction && other.reason == difference.reason
                    && other.more == difference.more && other.fewer == difference.fewer
                    && other.evidence == difference.evidence
            }
            if let twin {
                folded[twin].isBothWays = true
                folded[twin].difference.packetCount &+= difference.packetCount
                folded[twin].difference.byteCount &+= difference.byteCount
                if !difference.knowsBytes { folded[twin].difference.knowsBytes = false }
            } else {
                folded.append(FoldedDifference(difference: difference))
            }
        }
        return folded
    }
}
