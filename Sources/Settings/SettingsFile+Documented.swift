extension SettingsFile {
    /// The configuration file that says everything and changes nothing: every key with its default, as comments.
    public static var documented: String {
        var text = """
            # The settings of nfmon run, each with its default: take the # in front of a line away to change it.
            # Each is an option of nfmon run, too, which wins over this file. nfmon.yaml(5) is the manual.
            #
            # nfmon run --check finds mistakes; systemctl reload nfmon lets the running monitor read this file again.

            """
        for key in SettingKey.all where key.section == nil { append(key, indent: "", to: &text) }
        for section in SettingSection.allCases {
            text += "\n# \(section.summary)\n\(section.rawValue):\n"
            for key in SettingKey.all where key.section == section { append(key, indent: "  ", to: &text) }
        }
        return text
    }

    private static func append(_ key: SettingKey, indent: String, to text: inout String) {
        let sentences = [key.summary, key.remark, "Takes \(key.expectation)."].filter { !$0.isEmpty }
        text += "\n"
        for line in wrapped(sentences.joined(separator: " "), to: 100) { text += "\(indent)# \(line)\n" }
        text += "\(indent)#\(key.name): \(key.defaultText)\n"
    }

    private static func wrapped(_ text: String, to width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] += " \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
