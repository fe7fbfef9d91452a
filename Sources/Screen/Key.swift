/// What the user pressed, or pasted.
public enum Key: Hashable, Sendable {
    case character(Unicode.Scalar)
    /// A letter with Ctrl, in lower case.
    case control(Character)
    case enter
    case escape
    case tab
    case backTab
    case backspace
    case delete
    case up
    case down
    case left
    case right
    case pageUp
    case pageDown
    case home
    case end
    /// A text that came at once, as the terminal marks it (bracketed paste): none of it is a command.
    case paste(String)
}
