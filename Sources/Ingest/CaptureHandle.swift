internal import CPcap
internal import FlowModel
internal import Glibc
internal import Wire

/// libpcap's handle, which knows what an expression means where; closed when its owner goes.
// Safe, as the pointer never leaves its one owner.
@safe
struct CaptureHandle: ~Copyable {
    /// Bytes of an expression, and instructions of its program before libpcap shortens it, beyond which that takes minutes: the
    /// time grows with the square of both. No program that the kernel takes has a longer one.
    private static let longestExpression = 16 << 10
    private static let longestDraft = 1 << 14

    private let handle: OpaquePointer

    private init(owning handle: OpaquePointer) {
        // SAFETY: the caller hands over an open handle, which nobody else has.
        unsafe self.handle = handle
    }

    // SAFETY: the handle was opened by one of the functions below and is closed here only.
    deinit { unsafe pcap_close(handle) }

    /// A handle for records of a savefile.
    static func open(linkType: LinkType, snapLength: UInt32) throws(IngestError) -> CaptureHandle {
        // The one number that differs between savefiles and this machine (LINKTYPE_RAW, DLT_RAW).
        let number = linkType == .raw ? DLT_RAW : Int32(linkType.rawValue)
        // SAFETY: a new handle or nil; its one owner closes it.
        guard let handle = unsafe pcap_open_dead(number, Int32(clamping: snapLength)) else {
            throw IngestError("compile a capture filter", errno: ENOMEM)
        }
        return unsafe CaptureHandle(owning: handle)
    }

    /// A handle on an interface, which libpcap opens for itself for as long as the handle lives: only so it makes of `vlan`, `inbound` and
    /// others what they mean there, where the kernel keeps what is asked for beside the packet.
    static func open(on interface: CaptureInterface, snapLength: UInt32) throws(IngestError) -> CaptureHandle {
        var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        // SAFETY: the name is a NUL-terminated copy, and libpcap's message fits in what it says is its size.
        guard let handle = unsafe pcap_create(interface.name, &message) else {
            throw IngestError(.inputOutput, interface.operation, reason: Self.text(message))
        }
        let owner = unsafe CaptureHandle(owning: handle)
        // Nothing is read of it: a small buffer is enough.
        unsafe pcap_set_snaplen(handle, Int32(clamping: snapLength))
        unsafe pcap_set_buffer_size(handle, 256 << 10)
        let result = unsafe pcap_activate(handle)
        guard result >= 0 else {
            throw IngestError(
                result == PCAP_ERROR_PERM_DENIED ? .privilege : .inputOutput, interface.operation,
                reason: unsafe String(cString: pcap_geterr(handle)).isEmpty
                    ? unsafe String(cString: pcap_statustostr(result)) : unsafe String(cString: pcap_geterr(handle)),
                cure: Self.cure(for: result, on: interface))
        }
        if interface.index == 0 { unsafe pcap_set_datalink(handle, DLT_LINUX_SLL2) }
        return owner
    }

    private static func cure(for result: Int32, on interface: CaptureInterface) -> String {
        switch result {
        case PCAP_ERROR_PERM_DENIED: IngestError.capturePrivilegeCure
        case PCAP_ERROR_IFACE_NOT_UP:
            "a filter is compiled on an interface that is up: ip link set dev \(interface.name) up"
        default: ""
        }
    }

    /// libpcap's number for what the packets begin with (DLT_EN10MB and others).
    // SAFETY: the handle is open as long as its owner lives.
    var linkType: Int32 { unsafe pcap_datalink(handle) }

    /// What the expression means as a program.
    ///
    /// - Throws: where it means nothing, in libpcap's words, or is too long.
    func compile(_ expression: String) throws(IngestError) -> BPFProgram {
        guard expression.utf8.count <= Self.longestExpression,
            try compile(expression, isShortened: false).instructions.count <= Self.longestDraft
        else { throw .tooLong(filter: expression, "libpcap would take minutes to compile it") }
        return try compile(expression, isShortened: true)
    }

    private func compile(_ expression: String, isShortened: Bool) throws(IngestError) -> BPFProgram {
        var program = unsafe bpf_program()
        // SAFETY: the handle is open, the expression a NUL-terminated copy, and the program is given back below, once.
        guard unsafe pcap_compile(handle, &program, expression, isShortened ? 1 : 0, PCAP_NETMASK_UNKNOWN) == 0 else {
            throw IngestError(
                .wording, IngestError.operation(ofFilter: expression),
                reason: unsafe String(cString: pcap_geterr(handle)), cure: "man pcap-filter")
        }
        defer { unsafe pcap_freecode(&program) }
        let instructions = unsafe UnsafeBufferPointer(start: program.bf_insns, count: Int(program.bf_len))
        return BPFProgram(
            unsafe instructions.map {
                BPFProgram.Instruction(code: $0.code, jumpTrue: $0.jt, jumpFalse: $0.jf, operand: $0.k)
            })
    }

    private static func text(_ message: [CChar]) -> String {
        String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
