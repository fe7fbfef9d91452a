"""Programs that run beside a test, and waiting for them."""

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time

import cleanup

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def until(condition, what, seconds=10):
    """Waits until `condition()` is true and returns what it answered; fails when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.02)


def run(*words, check=True, seconds=60, **more):
    """Runs a program to its end. Texts are bytes that decode whatever they are."""
    result = subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds,
        encoding="utf-8", errors="surrogateescape", **more,
    )
    if check and result.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, words))}: exit status {result.returncode}: {result.stderr.strip()}")
    return result


class Directory:
    """A directory that goes when the test ends."""

    def __init__(self):
        self.path = None
        cleanup.register(self)
        self.path = tempfile.mkdtemp(prefix="nfmon-live-")

    def close(self):
        cleanup.forget(self)
        if self.path:
            shutil.rmtree(self.path, ignore_errors=True)

    def __truediv__(self, name):
        return os.path.join(self.path, name)


class SmallDisk(Directory):
    """A directory on a file system of its own that is soon full."""

    def __init__(self, kilobytes):
        super().__init__()
        run("mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "nfmon-live", self.path)

    def close(self):
        if self.path:
            # Lazily: who has a file of it open would hinder it.
            run("umount", "--lazy", self.path, check=False)
        super().close()


def _die_with_the_test():
    # Should the test's own process be killed hard, its programs go with it.
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


class Program:
    """A program in the background. Its output goes to files, so that it never waits for a reader."""

    def __init__(self, words, stdin=subprocess.DEVNULL, stdout=None, **more):
        self.process = None
        self._directory = Directory()
        cleanup.register(self)
        self.output_path = self._directory / "output"
        self._talk_path = self._directory / "talk"
        with open(self.output_path, "wb") as output, open(self._talk_path, "wb") as talk:
            # A session of its own: the terminal's Ctrl-C is for the test, which then ends its programs itself.
            self.process = subprocess.Popen(
                words, stdin=stdin, stdout=output if stdout is None else stdout, stderr=talk,
                start_new_session=True, preexec_fn=_die_with_the_test, **more,
            )
        self._offset = 0
        self._lines = []

    @property
    def talk(self):
        """What it said on stderr so far."""
        with open(self._talk_path, encoding="utf-8", errors="surrogateescape") as talk:
            return talk.read()

    @property
    def output(self):
        with open(self.output_path, "rb") as output:
            return output.read()

    def lines(self):
        """The whole lines of its output so far."""
        with open(self.output_path, "rb") as output:
            output.seek(self._offset)
            text = output.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._offset += len(whole)
        self._lines += whole.splitlines()
        return self._lines

    @property
    def has_ended(self):
        return self.process.poll() is not None

    def until_said(self, words, seconds=10):
        def is_said():
            if words in self.talk:
                return True
            if self.has_ended:
                raise AssertionError(f"it ended with status {self.process.returncode} instead: {self.talk.strip()}")
            return False

        until(is_said, f"\"{words}\" on its stderr", seconds)

    def wait(self, seconds=10):
        """Its exit status, once it has ended."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it did not end within {seconds} s; it said: {self.talk.strip()}") from None

    def send(self, number):
        self.process.send_signal(number)

    def stop(self, number=signal.SIGINT, seconds=10):
        """Ends it with a signal; its exit status."""
        self.send(number)
        return self.wait(seconds)

    def close(self):
        cleanup.forget(self)
        if self.process and not self.has_ended:
            self.process.kill()
            self.process.wait()
        self._directory.close()
