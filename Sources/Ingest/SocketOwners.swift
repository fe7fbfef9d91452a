internal import FlowModel
internal import Glibc

/// Which processes have some sockets open, as far as we may see: `/proc/PID/fd`.
struct SocketOwners {
    /// The process by the socket's inode.
    private var processes: [UInt64: Int] = [:]

    /// - Complexity: O(open descriptors of all processes), unless nothing is looked for.
    init(of inodes: Set<UInt64>) {
        guard !inodes.isEmpty else { return }
        for process in Folder.names(in: "/proc").compactMap({ Int($0) }) {
            let folder = "/proc/\(process)/fd"
            for number in Folder.names(in: folder) {
                guard let target = Self.target(of: "\(folder)/\(number)"), target.hasPrefix("socket:["),
                    let inode = UInt64(target.dropFirst(8).dropLast()), inodes.contains(inode),
                    processes[inode] == nil
                else { continue }
                processes[inode] = process
            }
            if processes.count == inodes.count { return }
        }
    }

    func process(inode: UInt64?, port: UInt32) -> ProcessName {
        let number = inode.flatMap { processes[$0] }
        let name = number.flatMap { SmallFile.text(of: "/proc/\($0)/comm") }.map { String($0.prefix { $0 != "\n" }) }
        return ProcessName(
            number: number, name: name, port: port, program: number.flatMap { Self.program(of: "\($0)") },
            ownProgram: Self.program(of: "self"))
    }

    /// The path of a process's program, also of one that has been replaced since.
    private static func program(of process: String) -> String? {
        let replaced = " (deleted)"
        return target(of: "/proc/\(process)/exe", length: Int(PATH_MAX)).map { path in
            path.hasSuffix(replaced) ? String(path.dropLast(replaced.count)) : path
        }
    }

    /// What a link leads to; `nil` where that is hidden, or takes more bytes than `length`.
    private static func target(of link: String, length: Int = 64) -> String? {
        var room = [CChar](repeating: 0, count: length + 1)
        // SAFETY: at most as many bytes are written as the array has.
        let count = unsafe readlink(link, &room, room.count)
        return count > 0 && count <= length
            ? String(decoding: room[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}
