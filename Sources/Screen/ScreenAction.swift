/// What follows from a key, for who drives the screen.
public enum ScreenAction: Hashable, Sendable {
    /// Draw what has changed.
    case draw
    /// Draw everything anew: something else wrote on the terminal.
    case redraw
    /// Ask at once; the answer is drawn when it comes.
    case ask
    /// Stop, as Ctrl-Z does, until somebody lets nfmon go on.
    case suspend
    case quit
}
