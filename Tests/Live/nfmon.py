"""nfmon itself: run to its end, or beside a test."""

import os
import time

import session
from processes import Program, run

NFMON = os.environ.get("NFMON", "")

# Exit statuses, as `nfmon --help` documents them.
MISUSE, DATA, UNAVAILABLE, IO, PRIVILEGE = 64, 65, 69, 74, 77

SESSION_FORMATS = ("table", "compact", "json", "ndjson", "csv")
EVENT_FORMATS = ("ndjson", "compact", "csv", "json")


def finish(*words, **more):
    """Runs nfmon to its end, whatever the exit status is."""
    return run(NFMON, *words, check=False, **more)


def until_quiet(monitors, seconds=0.8):
    """Waits until none of them has written anything for so long: more than a packet waits for its session."""
    sizes, since = None, time.monotonic()
    deadline = since + 30
    while time.monotonic() - since < seconds:
        now = [os.path.getsize(monitor.output_path) for monitor in monitors]
        if now != sizes:
            sizes, since = now, time.monotonic()
        if since > deadline:
            raise AssertionError("the output does not come to rest")
        time.sleep(0.05)


class Monitor(Program):
    """An nfmon that runs until it is stopped."""

    def __init__(self, *words, before=(), **more):
        super().__init__([*before, NFMON, *words], **more)
        self._events = []

    def until_ready(self):
        """Waits until its sockets are open: whatever happens from then on, it sees."""
        self.until_said("recording: " if "record" in self.process.args else "listening: ")
        return self

    def events(self):
        """The events that it has written so far; its output is NDJSON."""
        lines = self.lines()
        self._events += session.parse_events(lines[len(self._events) :])
        return self._events

    def until_quiet(self):
        """Waits until it has written nothing for longer than a packet waits for its session."""
        until_quiet([self])

    def about(self, *actions):
        return session.about(self.events(), *actions)

    def by_key(self, *actions):
        return session.by_key(self.events(), *actions)

    @property
    def summary(self):
        """The line with which it takes its leave."""
        return self.talk.splitlines()[-1]

    def status(self, name):
        """A line of /proc/PID/status, such as VmHWM in kB."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii", errors="replace") as lines:
            return next(line.split(":")[1].strip() for line in lines if line.startswith(name + ":"))
