"""`nfmon run` beside a test, and how it is asked."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import threading

from nfmon import NFMON, Monitor, finish
from processes import Directory, until


class Service:
    """A monitor that goes on, with a socket of its own, in a namespace."""

    def __init__(self, namespace, *words, group="root", lives_there=False, **more):
        """`lives_there`: it is started in the namespace, so that its TCP port is there, too."""
        self._directory = Directory()
        os.chmod(self._directory.path, 0o755)
        self.socket = self._directory / "nfmon.sock"
        place = () if lives_there else ("--netns", namespace)
        if lives_there:
            more["before"] = ("ip", "netns", "exec", namespace)
        self._words = (
            "run", *place, "--socket", self.socket, "--socket-group", group, "--user", "root", *words)
        self._more = more
        self.monitor = None

    def start(self):
        """Starts it, also again; it answers then, and has tried all its sources."""
        self.monitor = Monitor(*self._words, **self._more)
        until(self._answers, f"the monitor answers (it says: {self.monitor.talk})", 20)
        until(self._has_tried_all, "the monitor's sources are open, or have failed", 20)
        return self

    def _answers(self):
        if self.monitor.has_ended:
            raise AssertionError(f"it ended instead: {self.monitor.talk}")
        try:
            self.connect().close()
            return True
        except OSError:
            return False

    def _has_tried_all(self):
        """It answers before it reads: who speaks then may not be heard."""
        return all(source.get("reason") != "it is being opened" for source in self.json("/v1/status")["sources"])

    def close(self):
        if self.monitor:
            self.monitor.close()
        self._directory.close()

    # ---- Asking -----------------------------------------------------------------------------------------------------

    def connect(self):
        """A connection of the test's own."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(20)
        try:
            connection.connect(self.socket)
        except OSError:
            connection.close()
            raise
        return connection

    def curl(self, target, *words):
        """What curl prints of a path."""
        return subprocess.run(
            ["curl", "-sS", "--fail-with-body", "--max-time", "30", *words, "--unix-socket", self.socket,
             f"http://nfmon{target}"],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=60, text=True, check=True,
        ).stdout

    def json(self, target):
        return json.loads(self.curl(target))

    def ask(self, command, *words, **more):
        """A command of nfmon's, to its end, which asks this monitor."""
        return finish(command, "--socket", self.socket, *words, **more)

    def events(self, *words, **more):
        """`nfmon events` as a reader of its stream."""
        return Monitor("events", "--socket", self.socket, *words, **more).until_ready()

    @contextlib.contextmanager
    def events_pipe(self, *words):
        """The lines of a reader of its stream, as they come."""
        with subprocess.Popen(
            [NFMON, "events", "--socket", self.socket, "--no-initial", *words], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as reader:
            try:
                # It says that it listens.
                reader.stderr.readline()
                yield reader.stdout
            finally:
                reader.kill()

    def metric(self, name):
        """The value of a metric without labels."""
        lines = self.curl("/metrics").splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(name + " "))


class Speaker:
    """Somebody on a socket who answers everybody with the same bytes."""

    def __init__(self, path, words):
        self._words = words
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(path)
        self._socket.listen()
        self._thread = threading.Thread(target=self._answer)
        self._thread.start()

    def _answer(self):
        while True:
            try:
                connection = self._socket.accept()[0]
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                connection.recv(1 << 16)
                connection.sendall(self._words)

    def close(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()


def nfmon_for_everybody(directory):
    """A copy of nfmon that every user may run: where the build lies, not all may look."""
    os.chmod(directory.path, 0o755)
    shutil.copy(NFMON, directory / "nfmon")
    return directory / "nfmon"
