import Doctor
import FlowModel

// Written once an answer: clarity goes before speed here.

extension [UInt8] {
    /// Appends one object: `{"sound":…,"findings":[…],"unlooked":[…],"looked_at":[…]}`.
    mutating func appendObject(_ diagnosis: Diagnosis) {
        append(contentsOf: #"{"schema":1,"sound":\#(diagnosis.isSound),"findings":["#.utf8)
        appendElements(diagnosis.findings.map(\.members))
        append(contentsOf: "],\n\"unlooked\":[".utf8)
        appendElements(diagnosis.unlooked.map(\.members))
        append(contentsOf: "],\n\"looked_at\":[".utf8)
        appendElements(diagnosis.facts.map(\.members))
        append(contentsOf: "]}\n".utf8)
    }

    /// Appends one object a line, each with its `kind`.
    mutating func appendLines(_ diagnosis: Diagnosis) {
        func kinds(_ kind: String, _ objects: [[Member]]) -> [[Member]] { objects.map { [("kind", kind)] + $0 } }
        let objects =
            kinds("finding", diagnosis.findings.map(\.members)) + kinds("unlooked", diagnosis.unlooked.map(\.members))
            + kinds("fact", diagnosis.facts.map(\.members))
        for object in objects {
            appendObject(object)
            append(UInt8(ascii: "\n"))
        }
    }

    private mutating func appendElements(_ objects: [[Member]]) {
        for (index, object) in objects.enumerated() {
            append(contentsOf: (index == 0 ? "\n" : ",\n").utf8)
            appendObject(object)
        }
    }

    private mutating func appendObject(_ members: [Member]) {
        let size = members.reduce(2) {
            $0 + $1.key.utf8.count + 4 + JSONText.longestString(ofLength: $1.value.utf8.count)
        }
        var page = JSONPage()
        var text = page.text(NameBook(names: NameTable().snapshot, interfaces: InterfaceNames()), upTo: size)
        text.append(word: "{")
        for (index, member) in members.enumerated() {
            if index > 0 { text.append(word: ",") }
            text.append(word: "\"\(member.key)\":")
            text.append(string: Array(member.value.utf8))
        }
        text.append(word: "}")
        page.flush(text.end, into: &self)
    }
}

private typealias Member = (key: String, value: String)

extension Finding {
    fileprivate var members: [Member] {
        let cure: Member =
            switch cure {
            case .command(let text): ("command", text)
            case .advice(let text): ("advice", text)
            }
        return [("id", name), ("what", sentence), cure]
    }
}

extension Unlooked {
    fileprivate var members: [Member] {
        [("what", subject), ("reason", reason)] + (cure.isEmpty ? [] : [("advice", cure)])
    }
}

extension Diagnosis.Fact {
    fileprivate var members: [Member] { [("id", name), ("what", sentence)] }
}
