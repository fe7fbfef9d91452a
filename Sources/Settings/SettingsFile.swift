import FlowModel
import Ingest

/// The configuration file.
public enum SettingsFile {
    /// Where it is looked for if nobody says where.
    public static let defaultPath = "/etc/nfmon/nfmon.yaml"

    /// The settings that a file makes.
    ///
    /// - Returns: `nil` where there is no such file.
    /// - Throws: everything that is wrong with it.
    public static func settings(at path: String) throws(SettingsError) -> MonitorSettings? {
        let text: [UInt8]?
        do throws(IngestError) {
            text = try SettingsText.read(path)
        } catch {
            throw SettingsError(path: path, faults: [.init(nil, error.description)])
        }
        guard let text else { return nil }
        return try settings(in: text, path: path)
    }

    /// The settings that a file's text makes.
    ///
    /// - Parameter path: its name in what is thrown.
    public static func settings(in text: [UInt8], path: String) throws(SettingsError) -> MonitorSettings {
        var reader = SettingsReader()
        do throws(YAMLFault) {
            if let root = try YAMLText.parse(text) { reader.read(root) }
        } catch {
            reader.faults.append(.init(error.place, error.reason))
        }
        reader.compare()
        guard reader.faults.isEmpty else {
            throw SettingsError(path: path, faults: reader.faults.sorted { $0.isBefore($1) })
        }
        return reader.settings
    }
}

extension SettingsError.Fault {
    fileprivate func isBefore(_ other: Self) -> Bool {
        guard let place, let otherPlace = other.place else { return place == nil && other.place != nil }
        return place < otherPlace
    }
}
