"""`nfmon sessions --watch` at a terminal: every key, every size, and every way out of it."""

import os
import re
import signal
import subprocess

import sanitizer
from case import LiveTest
from nfmon import NFMON, UNAVAILABLE
from processes import run
from terminal import Terminal


class Screen(LiveTest):
    def make_terminal(self, *size, **variables):
        return self.closing(Terminal(*size, **variables))

    def watch(self, lab, *words, size=(80, 24), **variables):
        """A terminal in which nfmon draws the lab's sessions."""
        terminal = self.make_terminal(*size, **variables)
        words = ["sessions", "--top", "--watch", "--interval", "200ms", "--netns", lab.namespace, *words]
        terminal.command(" ".join([NFMON, *words]))
        terminal.until_seen(r"complete: nothing is known to be lost|INCOMPLETE")
        return terminal

    def nfmon(self, terminal):
        """The process number of the nfmon that draws."""
        return self.until(lambda: terminal.children(), "nfmon's process")[0]

    def assert_sane(self, terminal, was_killed=False):
        if was_killed:
            # On a busy machine the shell is sometimes first, and its prompt is on the screen that is taken away.
            self.until(lambda: terminal.state() == ["0", "1", "1"], "a common screen")
            terminal.press("Enter")
        terminal.until_prompted()
        self.until(terminal.is_sane, f"a sane terminal: {terminal.state()} {terminal.modes()}")
        # What is typed is seen, once, and a command works.
        terminal.command("echo sane$((40 + 2))")
        terminal.until_seen("^sane42$")
        terminal.command("clear")
        terminal.until_gone("sane42")

    def lab_with_sessions(self, count=40):
        lab = self.make_lab("new", "drops")
        lab.sysctl(nf_conntrack_acct=1)
        lab.fill(count, 20, 600)
        return lab

    # ---- Keys -----------------------------------------------------------------------------------------------------------

    def test_every_key_does_on_a_terminal_what_the_help_says(self):
        lab = self.lab_with_sessions()
        lab.drive(tcp=1, ping=1, denied=1)
        terminal = self.watch(lab, size=(120, 30))
        terminal.until_seen(r"4\d sessions")
        terminal.press("?")
        terminal.until_seen("^Keys")
        terminal.press("Escape")
        terminal.until_seen(r"^  proto .*destination")
        for key, words in (("B", "sorted by bytes"), ("P", "sorted by packets"), ("A", "sorted by duration"),
                           ("S", "sorted by src"), ("D", "sorted by dst"), ("R", "sorted by rate"),
                           ("<", "sorted by pps|sorted by bytes"), (">", "sorted by rate")):
            terminal.press(key)
            terminal.until_seen(words)
        terminal.press("u")
        terminal.until_seen("kB")
        terminal.press("p")
        terminal.until_seen("PAUSED")
        terminal.press("p")
        terminal.until_gone("PAUSED")
        # By rate a row falls out of sight when its traffic ends, and the selection stays with its place.
        terminal.press("S")
        terminal.until_seen("sorted by src")
        terminal.press("Down", "Down", "f")
        frozen = terminal.until_seen(r"^\* ")
        terminal.press("Enter")
        terminal.until_seen("^session [0-9a-f]{16}")
        terminal.until_seen(re.escape(frozen.split()[2]))
        terminal.until_seen("^both ways")
        terminal.press("Escape", "f")
        terminal.until_gone(r"(?m)^\* ")
        terminal.press("End")
        terminal.until_seen(r"rows \d+-4\d of 4\d")
        terminal.press("Home", "NPage", "PPage", "k", "j")
        terminal.until_seen("rows 1-")
        terminal.press("g")
        terminal.until_seen("^group by:")
        terminal.write("src/24,dport")
        terminal.press("Enter")
        terminal.until_seen(r"grouped by src/24,dport")
        terminal.until_seen(r"10\.20\.0\.0/24 +53 +40")
        terminal.press("s")
        terminal.write("sessions")
        terminal.press("Enter")
        terminal.until_seen("sorted by sessions")
        terminal.press("Home", "Enter")
        terminal.until_seen(r"filter: src = '10\.20\.0\.0/24' and dport = '53'")
        terminal.until_seen("40 matching sessions")
        terminal.press("r", "C-l")
        terminal.until_seen("40 matching sessions")
        terminal.press("q")
        self.assert_sane(terminal)

    def test_a_filter_with_an_error_shows_the_place_and_keeps_the_old_one(self):
        lab = self.lab_with_sessions()
        lab.drive(tcp=1, ping=1)
        terminal = self.watch(lab, "'proto = udp'")
        terminal.until_seen("40 matching sessions")
        terminal.press("/", "C-u")
        terminal.write("dport = 53 and bytse > 1")
        terminal.press("Enter")
        terminal.until_seen(r"'bytse'")
        lines = terminal.lines
        place = next(number for number, line in enumerate(lines) if line.startswith("  dport = 53 and"))
        self.assertEqual(lines[place + 1].index("^"), lines[place].index("bytse"))
        terminal.until_seen("40 matching sessions")
        terminal.press("Escape")
        terminal.until_seen("filter: proto = udp")
        terminal.press("/", "C-u")
        terminal.write("proto = icmp")
        terminal.press("Enter")
        terminal.until_seen("filter: proto = icmp")
        terminal.until_seen(r"^1 matching session\b")
        terminal.press("C-c")
        self.assert_sane(terminal)

    def test_names_are_resolved_when_asked_for(self):
        lab = self.make_lab("new")
        # The files of /etc/hosts are the same in every network namespace: an address that each has in there.
        lab.inside("sysctl", "-qw", "net.netfilter.nf_conntrack_acct=1")
        lab.inside("conntrack", "-I", "-t", "600", "-p", "udp", "-s", "127.0.0.1", "-d", "127.0.0.1", "--sport", "4000",
                   "--dport", "53", "-r", "127.0.0.1", "-q", "127.0.0.1", "--reply-port-src", "53",
                   "--reply-port-dst", "4000")
        terminal = self.watch(lab)
        terminal.until_seen(r"127\.0\.0\.1:4000")
        terminal.press("n")
        terminal.until_seen(r"localhost\S*:4000")
        terminal.press("n")
        terminal.until_seen(r"127\.0\.0\.1:4000")
        terminal.press("q")
        self.assert_sane(terminal)

    # ---- Who answers ----------------------------------------------------------------------------------------------------

    def test_a_running_monitor_is_asked_and_missed_when_it_goes(self):
        lab = self.lab_with_sessions()
        socket = self.directory() / "nfmon.sock"
        words = [NFMON, "run", "--user", "root", "--netns", lab.namespace, "--socket", socket]
        monitor = self.program(words)
        self.until(lambda: os.path.exists(socket), "the monitor's socket")
        terminal = self.make_terminal(120, 30)
        terminal.command(f"{NFMON} sessions --watch --interval 200ms --socket {socket}")
        terminal.until_seen("monitor on /")
        terminal.until_seen("^40 sessions .* table 40 of")
        terminal.press("Down", "Enter")
        terminal.until_seen("^session [0-9a-f]{16}")
        terminal.press("Escape")
        monitor.stop(signal.SIGTERM)
        terminal.until_seen("ask the monitor on")
        terminal.until_seen(" OLD$")
        terminal.until_seen("^40 sessions")
        again = self.program(words)
        terminal.until_gone("OLD")
        terminal.until_seen("^40 sessions")
        again.stop(signal.SIGTERM)
        terminal.press("q")
        self.assert_sane(terminal)

    def test_a_monitor_that_hangs_makes_the_screen_old(self):
        lab = self.lab_with_sessions()
        socket = self.directory() / "nfmon.sock"
        monitor = self.program([NFMON, "run", "--user", "root", "--netns", lab.namespace, "--socket", socket])
        self.until(lambda: os.path.exists(socket), "the monitor's socket")
        terminal = self.make_terminal(120, 30)
        terminal.command(f"{NFMON} sessions --watch --interval 200ms --socket {socket}")
        terminal.until_seen("^40 sessions")
        monitor.send(signal.SIGSTOP)
        try:
            terminal.until_seen(" OLD$")
            terminal.until_seen("no answer for [0-9]+s: what is shown is from then")
        finally:
            monitor.send(signal.SIGCONT)
        terminal.until_gone("OLD")
        terminal.press("q")
        self.assert_sane(terminal)

    def test_a_group_that_is_taken_is_said_on_the_screen(self):
        lab = self.lab_with_sessions()
        self.closing(lab.events())
        terminal = self.watch(lab, size=(160, 30))
        terminal.until_seen("^note: .*NFLOG group 100: already taken by .*: stop it")
        terminal.press("q")
        self.assert_sane(terminal)

    # ---- Sizes ----------------------------------------------------------------------------------------------------------

    def test_ten_thousand_sessions_at_every_size(self):
        lab = self.lab_with_sessions(10_000)
        terminal = self.watch(lab)
        terminal.until_seen("10,000 sessions")
        for columns, rows in (300, 60), (120, 40), (40, 10), (80, 24):
            terminal.resize(columns, rows)
            # The heading spans the whole width, and the list the height.
            self.until(
                lambda: len(terminal.lines) == rows
                and sum(line.lstrip("> ").startswith("udp") for line in terminal.lines) >= rows - 8
                and all(len(line) <= columns for line in terminal.lines),
                f"a list of {columns} columns and {rows} rows",
            )
        terminal.press("End")
        terminal.until_seen("of 10,000")
        terminal.press("q")
        self.assert_sane(terminal)

    def test_it_works_without_colour_and_without_utf8(self):
        lab = self.lab_with_sessions()
        plain = self.watch(lab, NO_COLOR="1", LANG="C")
        plain.until_seen("40 sessions")
        self.assertNotRegex(plain.styled_text, r"\x1b\[(?:\d+;)*3[0-7]m")
        self.assertTrue(plain.text.isascii())
        colourful = self.watch(lab)
        self.until(lambda: re.search(r"\x1b\[(?:\d+;)*3[0-7]m", colourful.styled_text), "colours")
        for terminal in plain, colourful:
            terminal.press("q")
            self.assert_sane(terminal)

    # ---- Ways out -------------------------------------------------------------------------------------------------------

    def test_the_terminal_is_as_it_was_after_every_end(self):
        lab = self.lab_with_sessions()
        faults = () if sanitizer.NAME else ("SIGSEGV", "SIGABRT", "SIGTRAP")  # a sanitizer reports them as found
        for name in "SIGTERM", "SIGINT", "SIGHUP", *faults, "SIGQUIT", "SIGKILL", "SIGUSR1":
            with self.subTest(name):
                terminal = self.watch(lab)
                self.assertEqual(terminal.state(), ["1", "0", "0"])
                os.kill(self.nfmon(terminal), getattr(signal, name))
                self.assert_sane(terminal, was_killed=name in ("SIGKILL", "SIGUSR1"))
                terminal.close()

    def test_a_stop_gives_the_terminal_back_and_fg_the_screen(self):
        lab = self.lab_with_sessions()
        terminal = self.watch(lab)
        for stop in ("key", "signal"):
            with self.subTest(stop):
                if stop == "key":
                    terminal.press("C-z")
                else:
                    os.kill(self.nfmon(terminal), signal.SIGTSTP)
                terminal.until_seen("Stopped")
                self.assert_sane(terminal)
                terminal.command("fg")
                terminal.until_seen("40 sessions")
                terminal.until_gone("Stopped")
        terminal.press("C-z")
        terminal.until_seen("Stopped")
        os.kill(self.nfmon(terminal), signal.SIGKILL)
        self.assert_sane(terminal, was_killed=True)

    def test_nothing_is_left_running(self):
        lab = self.lab_with_sessions()
        terminal = self.watch(lab)
        process = self.nfmon(terminal)
        watcher = run("pgrep", "-P", str(process)).stdout.split()
        self.assertEqual(len(watcher), 1)
        os.kill(process, signal.SIGKILL)
        self.assert_sane(terminal, was_killed=True)
        self.until(lambda: not os.path.exists(f"/proc/{watcher[0]}"), "the watcher's end")
        self.assertEqual(terminal.children(), [])

    def test_what_is_no_screen_is_refused_with_its_cure(self):
        result = subprocess.run([NFMON, "sessions", "--watch"], capture_output=True, stdin=subprocess.DEVNULL, timeout=30,
                                env={**os.environ, "TERM": "xterm"}, check=False)
        self.assertEqual(result.returncode, UNAVAILABLE)
        self.assertIn(b"leave out --watch", result.stderr)
        terminal = self.make_terminal(TERM="dumb")
        terminal.command(f"{NFMON} sessions --watch; echo status $?")
        terminal.until_seen("^status 69")
        self.assertIn("TERM=xterm", " ".join(terminal.text.split()))

    def test_options_that_mean_nothing_to_a_screen_are_refused(self):
        for words in ("-r", "file"), ("-o", "json"), ("--no-conntrack", "--sort", "rate"):
            result = run(NFMON, "sessions", "--watch", *words, check=False)
            self.assertEqual(result.returncode, 64, words)
            self.assertIn("leave" if words[0] != "--no-conntrack" else "choose another key", result.stderr)
