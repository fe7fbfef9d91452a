import ArgumentParser

/// `-r`: a savefile in the place of the kernel.
struct SavefileOption: ParsableArguments {
    @Option(
        name: [.customShort("r", allowingJoined: true), .customLong("read")],
        help: ArgumentHelp("Read a savefile instead of the kernel; - is the standard input.", valueName: "file"))
    var paths: [String] = []

    var path: String? { paths.first }

    func validate() throws {
        guard paths.count <= 1 else {
            throw ValidationError(
                "--read takes one savefile: of several, mergecap -w - FILE... | nfmon ... -r - reads all.")
        }
    }
}
