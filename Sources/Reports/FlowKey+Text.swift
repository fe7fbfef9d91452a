public import FlowModel

// What people read behind an address where the protocol has no ports.

extension FlowKey {
    /// Appends ` key 4660` where GRE's is known.
    func appendSourceNumber(to text: inout [UInt8]) {
        guard let key = sourceGREKey else { return }
        text.append(contentsOf: " key ".utf8)
        text.appendDecimal(UInt64(key))
    }

    /// The same of the destination.
    func appendDestinationNumber(to text: inout [UInt8]) {
        guard let key = destinationGREKey else { return }
        text.append(contentsOf: " key ".utf8)
        text.appendDecimal(UInt64(key))
    }
}

extension ICMPMessage {
    /// Appends ` echo-request id 4660` or ` type 42 code 1`; a code of 0 goes without saying.
    public func append(to text: inout [UInt8]) {
        text.append(UInt8(ascii: " "))
        if let keyword {
            text.append(contentsOf: keyword.utf8)
        } else {
            text.append(contentsOf: "type ".utf8)
            text.appendDecimal(UInt64(type))
        }
        if code != 0 {
            text.append(contentsOf: " code ".utf8)
            text.appendDecimal(UInt64(code))
        }
        if let identifier {
            text.append(contentsOf: " id ".utf8)
            text.appendDecimal(UInt64(identifier))
        }
    }
}
