/// Linux's error numbers (`errno-base.h`, `errno.h`), as the C library is Ingest's alone.
enum ErrorNumber {
    static let notPermitted: CInt = 1
    static let noEntry: CInt = 2
    static let again: CInt = 11
    static let access: CInt = 13
    static let notDirectory: CInt = 20
    static let refused: CInt = 111
}
