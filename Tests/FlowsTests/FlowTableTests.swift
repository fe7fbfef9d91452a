import FlowModel
import Flows
import Testing

struct FlowTableTests {
    @Test
    func withoutFramesThereAreNoFlows() {
        var table = FlowTable(seed: (1, 2))
        var batch = ObservationBatch()
        table.drain(into: &batch)
        #expect(batch.isEmpty)
    }
}
