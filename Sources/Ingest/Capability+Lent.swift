internal import CLinux

extension Capability {
    /// Has programs that are started meanwhile, by the calling thread, hold this one if the thread holds it: of what `setcap` gave to nfmon
    /// the kernel hands nothing on by itself.
    func lent<Result>(_ body: () -> Result) -> Result {
        // Root's programs are root's.
        let isLent = !Privilege.isRoot && nfmon_lend_capability(rawValue) > 0
        defer { if isLent { _ = nfmon_take_back_capability(rawValue) } }
        return body()
    }
}
