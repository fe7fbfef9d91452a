import Doctor
import Testing

struct ShellTests {
    @Test(arguments: [
        (["sysctl", "-w", "a.b=1"], "sysctl -w a.b=1"),
        (["echo", ""], "echo ''"),
        (["echo", "$(reboot)", "a b", "`x`", "a;b"], "echo '$(reboot)' 'a b' '`x`' 'a;b'"),
        (["echo", "it's"], #"echo 'it'"'"'s'"#),
        (["echo", "~root", "*", "!", "#x", "a&b", "|"], "echo '~root' '*' '!' '#x' 'a&b' '|'"),
    ])
    func theShellTakesEachWordAsItIs(words: [String], text: String) {
        #expect(Shell().command(words) == text)
    }

    @Test func aNamespaceStandsInFrontAndIsQuotedLikeAnyWord() {
        #expect(Shell(namespace: "a b").command(["true"]) == "ip netns exec 'a b' true")
    }
}
