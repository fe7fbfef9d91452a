extension CommunityID {
    /// How many bytes of text it is.
    public static var textLength: Int { 30 }

    /// Its text, such as `1:LQU9qZlK+B5F3KDmev6m5PMibrg=`, as four words of which the lowest byte is the first.
    public var text: (UInt64, UInt64, UInt64, UInt64) {
        let first = Base64Word.ascii(high >> 16)
        let second = Base64Word.ascii((high & 0xffff) << 32 | middle >> 32)
        let third = Base64Word.ascii((middle & 0xffff_ffff) << 16 | UInt64(low) >> 16)
        // The last two bytes make three characters; the padding stands for the fourth.
        let last = Base64Word.ascii((UInt64(low) & 0xffff) << 32) & 0xff_ffff | UInt64(UInt8(ascii: "=")) << 24
        let version = UInt64(UInt8(ascii: "1")) | UInt64(UInt8(ascii: ":")) << 8
        return (
            version | first << 16, first >> 48 | second << 16, second >> 48 | third << 16, third >> 48 | last << 16
        )
    }
}
