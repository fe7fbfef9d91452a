import Foundation
import Testing

@testable import Screen

struct JSONReaderTests {
    private func value(_ text: String) throws -> JSONValue { try JSONReader.value(of: Array(text.utf8)) }

    @Test func everyKindOfValueIsRead() throws {
        let text =
            #" {"a": [1, 18446744073709551615, -2, 1.5e3, true, false, null], "b": {"c": "x\n\"\\\u00e9\ud83d\ude00"}, "d": []} "#
        let read = try value(text)
        #expect(
            read["a"]?.elements == [
                .whole(1), .whole(.max), .number(-2), .number(1500), .bool(true), .bool(false), .null,
            ])
        #expect(read["b"]?["c"]?.string == "x\n\"\\é😀")
        #expect(read["d"]?.elements == [] && read["e"] == nil && read["a"]?["b"] == nil)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\" 1}", "{\"a\":1,}", "nul", "01", "1.", "+1", "\"a", "\"\\x\"", "\"\\u12\"", "[1] 2",
        "{1:2}", "\"\u{1}\"",
        "-", "1e", "tru", "\"\\u+123\"",
    ])
    func whatIsNoJSONIsRefused(text: String) {
        #expect(throws: JSONFault.self) { try value(text) }
    }

    @Test func whatNestsTooDeeplyIsRefused() throws {
        #expect(throws: JSONFault.self) { try value(String(repeating: "[", count: 100_000)) }
        _ = try value(String(repeating: "[", count: 31) + String(repeating: "]", count: 31))
    }

    @Test func halfASurrogatePairIsReplaced() throws {
        #expect(try value(#""\ud83dx""#) == .string("\u{fffd}x"))
        #expect(try value(#""\ude00""#) == .string("\u{fffd}"))
        #expect(try value(#""\ud83d\u0041""#) == .string("\u{fffd}A"))
    }

    @Test func aTextCutAnywhereIsRefusedAndDoesNoHarm() throws {
        let text = Array(#"{"sessions":[{"a":"\u00e9\\","b":[1,2.5,{"c":null}]}],"summary":{"x":true}}"#.utf8)
        _ = try JSONReader.value(of: text)
        for end in 0..<text.count { #expect(throws: JSONFault.self) { try JSONReader.value(of: Array(text[..<end])) } }
    }
}
