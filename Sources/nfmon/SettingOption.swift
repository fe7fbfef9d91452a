import ArgumentParser
import Settings

// An option of `nfmon run` is a key of the configuration file: its name, its help and what it takes are the key's.

extension Option where Value == SettingChange? {
    init(_ key: SettingKey) {
        self.init(name: .customLong(key.option), parsing: .unconditional, help: key.help, transform: key.parse)
    }
}

extension Option where Value == [SettingChange] {
    init(wrappedValue: [SettingChange], _ key: SettingKey) {
        self.init(
            wrappedValue: wrappedValue, name: .customLong(key.option), parsing: .unconditionalSingleValue,
            help: key.help, transform: key.parse)
    }
}

extension Flag where Value == Bool? {
    init(_ key: SettingKey) {
        self.init(name: .customLong(key.option), inversion: .prefixedNo, help: key.help)
    }
}

extension SettingKey {
    fileprivate var help: ArgumentHelp {
        let standard = texts(of: MonitorSettings()).joined(separator: ", ")
        var remarks = [remark]
        if isList { remarks.append("May be given several times.") }
        if !isFlag { remarks.append("Takes \(expectation).") }
        remarks.append("In the file: \(path).")
        let name = isFlag ? (standard == "yes" ? "--\(option)" : "--no-\(option)") : standard
        return ArgumentHelp(
            "\(summary) (default: \(name))", discussion: remarks.filter { !$0.isEmpty }.joined(separator: " "),
            valueName: placeholder)
    }

    @Sendable
    fileprivate func parse(_ argument: String) throws -> SettingChange {
        guard let change = SettingChange(self, [argument]) else { throw ValidationError("give \(expectation).") }
        return change
    }
}
