"""A terminal with a shell in it, which tmux plays: what it shows, what is typed, and what is left of it."""

import itertools
import os
import re

import cleanup
from processes import run, until

_numbers = itertools.count(1)


class Terminal:
    """A terminal of a server of its own, from `open()` to `close()`."""

    def __init__(self, columns=80, rows=24, **variables):
        self.socket = f"nfmon-live-{os.getpid()}-{next(_numbers)}"
        cleanup.register(self)
        # Swift asks at a terminal what to do about a crash.
        variables = {
            "TERM": "screen-256color", "LANG": "C.UTF-8", "PS1": "prompt> ", "SWIFT_BACKTRACE": "enable=no", **variables,
        }
        settings = [f"{name}={value}" for name, value in variables.items()]
        # As few settings of the host's as possible: no start-up file of tmux's or of the shell's.
        self._tmux(
            "new-session", "-d", "-x", str(columns), "-y", str(rows), "env", "-u", "NO_COLOR", *settings,
            "bash", "--noprofile", "--norc", "-i",
        )
        self.until_prompted()
        self._modes = self.modes()

    def close(self):
        cleanup.forget(self)
        self._tmux("kill-server", check=False)

    def _tmux(self, *words, **more):
        return run("tmux", "-L", self.socket, "-f", "/dev/null", *words, **more).stdout

    # ---- The user -------------------------------------------------------------------------------------------------------

    def press(self, *keys):
        """Presses keys, by tmux's names: Enter, Escape, Down, C-c, PPage."""
        self._tmux("send-keys", *keys)

    def write(self, text):
        """Types a text, none of which is a name of a key."""
        self._tmux("send-keys", "-l", "--", text)

    def command(self, text):
        self.write(text)
        self.press("Enter")

    def resize(self, columns, rows):
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    # ---- What is seen ---------------------------------------------------------------------------------------------------

    @property
    def text(self):
        return self._tmux("capture-pane", "-p")

    @property
    def styled_text(self):
        return self._tmux("capture-pane", "-p", "-e")

    @property
    def lines(self):
        return self.text.splitlines()

    def until_seen(self, pattern, seconds=15):
        """Waits until a line shows what the regular expression says; the first such line."""

        def line():
            return next((line for line in self.lines if re.search(pattern, line)), None)

        try:
            return until(line, f"{pattern!r} on the screen", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; it shows:\n{self.text}") from None

    def until_prompted(self):
        """Waits until the shell waits for a command, on its last line."""

        def is_prompted():
            lines = [line for line in self.lines if line]
            return lines and lines[-1].rstrip() == "prompt>"

        try:
            until(is_prompted, "the shell's prompt", 15)
        except AssertionError as error:
            raise AssertionError(f"{error}; it shows:\n{self.text}") from None

    def until_gone(self, pattern, seconds=15):
        try:
            until(lambda: not re.search(pattern, self.text), f"no {pattern!r} on the screen", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; it shows:\n{self.text}") from None

    # ---- What is left of it ---------------------------------------------------------------------------------------------

    def state(self):
        """Whether the alternate screen is on, the cursor shown, lines wrapped."""
        return self._tmux("display-message", "-p", "#{alternate_on} #{cursor_flag} #{wrap_flag}").split()

    def modes(self):
        """What stty says of the terminal while the shell waits for a command."""
        device = self._tmux("display-message", "-p", "#{pane_tty}").strip()
        return run("stty", "-F", device, "-a").stdout.split("\n", 1)[1]

    def is_sane(self):
        """Whether it is as it was before: no alternate screen, a cursor, lines that wrap, the shell's own modes."""
        return self.state() == ["0", "1", "1"] and self.modes() == self._modes

    def children(self):
        """The processes of the shell's, by their numbers."""
        shell = self._tmux("display-message", "-p", "#{pane_pid}").strip()
        return [int(line) for line in run("pgrep", "-P", shell, check=False).stdout.split()]
