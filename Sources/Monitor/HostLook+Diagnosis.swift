import Doctor
import FlowModel
import Ingest
import Settings

extension HostLook {
    /// What the doctor says about the host and network namespace that sources read; takes a second and more.
    func diagnosis(for sources: SourceSettings) -> Diagnosis {
        var look = self
        look.groups = sources.readsNFLog ? sources.groups : []
        look.readsConntrack = sources.readsConntrack
        if let buffer = sources.conntrackBuffer { look.receiveBuffer = buffer }
        let round = Round(look, namespace: sources.namespace)
        do throws(IngestError) {
            // A thread of its own, as whoever enters a namespace stays there.
            try Thread(name: "nf-doctor") { round.run() }.join()
        } catch {
            round.fail(error)
        }
        return round.diagnosis
    }

    /// One look, by a thread for somebody who waits.
    private final class Round: Sendable {
        private let look: HostLook
        private let namespace: String?
        private let result = Lock(Diagnosis())

        init(_ look: HostLook, namespace: String?) {
            self.look = look
            self.namespace = namespace
        }

        var diagnosis: Diagnosis { result.withLock { $0 } }

        func run() {
            do throws(IngestError) {
                if let namespace { try NetworkNamespace.enter(namespace) }
                var question = Examination.Question(groups: look.groups, readsConntrack: look.readsConntrack)
                if !look.hasIPTables { question.ruleTool = .nft }
                let facts = look.facts(unless: try Signal())
                let diagnosis = Examination(facts, question, Shell(namespace: namespace)).diagnosis
                result.withLock { $0 = diagnosis }
            } catch {
                fail(error)
            }
        }

        func fail(_ error: IngestError) {
            result.withLock {
                $0.unlooked = [
                    Unlooked("the host", reason: "\(error.operation): \(error.reason)", cure: error.cure)
                ]
            }
        }
    }
}
