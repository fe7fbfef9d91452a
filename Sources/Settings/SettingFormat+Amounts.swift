import FlowModel

extension SettingFormat where Value == Int {
    static func bytes(_ range: ClosedRange<Int>) -> SettingFormat {
        let (least, most) = (ByteCountText.text(range.lowerBound), ByteCountText.text(range.upperBound))
        return SettingFormat(
            placeholder: "bytes", expectation: "a number of bytes from \(least) to \(most), with K, M or G behind it",
            parse: { ByteCountText.bytes(in: $0).flatMap { range.contains($0) ? $0 : nil } },
            text: { ByteCountText.text($0) })
    }
}

extension SettingFormat where Value == UInt64 {
    /// Nanoseconds.
    static func duration(_ range: ClosedRange<UInt64>) -> SettingFormat {
        let (least, most) = (
            DurationText.text(nanoseconds: range.lowerBound), DurationText.text(nanoseconds: range.upperBound)
        )
        return SettingFormat(
            placeholder: "duration",
            expectation: "a length of time from \(least) to \(most), with its unit: ms, s, m, h or d",
            parse: { DurationText.nanoseconds(in: $0, unit: nil).flatMap { range.contains($0) ? $0 : nil } },
            text: { DurationText.text(nanoseconds: $0) })
    }
}

extension SettingFormat where Value == Double {
    static let percent = SettingFormat(
        placeholder: "percent", expectation: "a share of more than 0% and at most 100%, such as 5% or 0.5%",
        parse: { text in
            let digits = text.hasSuffix("%") ? text.dropLast() : text[...]
            guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let share = Double(digits),
                share > 0, share <= 100
            else { return nil }
            return share
        },
        text: { $0 == $0.rounded() ? "\(Int($0))%" : "\($0)%" })
}

extension SettingFormat where Value == UInt32 {
    /// Permission bits, in octal digits.
    static let mode = SettingFormat(
        placeholder: "mode", expectation: "permission bits in octal digits, such as 0660",
        parse: { text in
            guard text.allSatisfy(\.isASCII), let mode = UInt32(text, radix: 8), mode <= 0o777 else { return nil }
            return mode
        },
        text: { mode in
            let digits = String(mode, radix: 8)
            return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        })
}
