#!/usr/bin/env python3
"""The live tests: nfmon against a real kernel, in network namespaces that they make and remove.

    NFMON=/path/to/nfmon Tests/Live/run.py [WORD...]

runs all of them, or those whose file or name holds one of the words. Prints each test with its outcome as it goes, and
last "N passed, N failed, N skipped". Exit status 1 if one failed, or was skipped although root and namespaces are there;
without these all are skipped, and that is no failure. Ctrl-C cleans up and exits 130.

SANITIZER=address or thread says that nfmon was built with that sanitizer: a test in which it reports anything has failed.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

TOOLS = ("ip", "iptables", "ip6tables", "iptables-restore", "conntrack", "sysctl", "setpriv", "mount", "bash", "tcpdump",
         "tshark", "dumpcap", "capinfos", "editcap", "tmux", "stty", "pgrep")


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP. unittest takes every other exception for a test's failure."""


class Report(unittest.TestResult):
    """Prints each test's outcome when it is known, and counts."""

    def __init__(self, sanitizer_reports):
        super().__init__()
        self._sanitizer_reports = sanitizer_reports
        self.passed = self.failed = self.omitted = 0

    def startTest(self, test):
        super().startTest(test)
        self._begun = time.monotonic()
        self._outcomes = []

    def stopTest(self, test):
        self._outcomes += [("failed", text) for text in self._sanitizer_reports.take()]
        took = f"{time.monotonic() - self._begun:.1f} s"
        failures = [text for kind, text in self._outcomes if kind == "failed"]
        reasons = [text for kind, text in self._outcomes if kind == "skipped"]
        if failures:
            self.failed += 1
            print(f"FAILED   {title(test)} ({took})")
            print("\n".join(failures).replace("\n", "\n         | ").join(("         | ", "")))
        elif reasons:
            self.omitted += 1
            print(f"skipped  {title(test)}: {reasons[0]}")
        else:
            self.passed += 1
            print(f"passed   {title(test)} ({took})")
        sys.stdout.flush()
        super().stopTest(test)

    def _fail(self, test, error):
        self._outcomes.append(("failed", self._exc_info_to_string(error, test).rstrip()))

    def addFailure(self, test, error):
        self._fail(test, error)

    def addError(self, test, error):
        self._fail(test, error)

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self._outcomes.append(("failed", f"{subtest._subDescription()}:"))
            self._fail(test, error)

    def addSkip(self, test, reason):
        self._outcomes.append(("skipped", reason))

    def wasSuccessful(self):
        return self.failed == 0


def title(test):
    """`traffic: every flow is one session`"""
    module, _, method = test.id().rpartition(".")[0].partition(".")[0], None, test.id().rpartition(".")[2]
    return f"{module.removeprefix('test_').replace('_', ' ')}: {method.removeprefix('test_').replace('_', ' ')}"


def hindrance():
    """Why no live test can run here; `None` where they can."""
    if os.geteuid() != 0:
        return "needs root"
    if subprocess.run(["unshare", "--net", "true"], capture_output=True).returncode != 0:
        return "no network namespace can be made here"
    return None


def missing_tools():
    return [tool for tool in TOOLS if shutil.which(tool) is None]


def chosen(suite, words):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from chosen(test, words)
        elif not words or any(word in test.id() or word in title(test) for word in words):
            yield test


def left_behind(prefix):
    """What this run made and did not take away, in words."""
    found = [f"namespace {name}" for name in os.listdir("/run/netns") if name.startswith(prefix)] \
        if os.path.isdir("/run/netns") else []
    children = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "pid=,args="], capture_output=True, text=True
    ).stdout.splitlines()
    return found + [f"process {line.strip()}" for line in children if " ps " not in f" {line} "]


def interrupt(number, _):
    raise KeyboardInterrupt if number == signal.SIGINT else Terminated


def main():
    # Not only SIGINT's own: a shell without job control starts its background jobs with SIGINT ignored.
    for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
        signal.signal(number, interrupt)
    why_not = hindrance()
    status = 0
    if why_not is None:
        nfmon = os.environ.get("NFMON", "")
        if not (os.path.isabs(nfmon) and os.access(nfmon, os.X_OK)):
            sys.exit(f"run.py: NFMON={nfmon}: the environment must name the nfmon to test, by its absolute path")
    os.umask(0o022)
    import cleanup
    import lab
    import sanitizer

    report = Report(sanitizer.Reports())
    suite = unittest.TestSuite(chosen(unittest.defaultTestLoader.discover(HERE, "test_*.py"), sys.argv[1:]))
    if why_not is None and missing_tools():
        why_not = "not installed: " + " ".join(missing_tools())
        status = 1
    try:
        if why_not is None:
            suite.run(report)
        else:
            for test in suite:
                report.startTest(test)
                report.addSkip(test, why_not)
                report.stopTest(test)
    except KeyboardInterrupt as reason:
        status = 143 if isinstance(reason, Terminated) else 130
        print("interrupted: cleaning up", flush=True)
    leftovers = cleanup.close_all()
    leftovers += left_behind(lab.PREFIX)
    for leftover in leftovers:
        print(f"LEFT     {leftover}")
    if status not in (130, 143) and (report.failed or leftovers or (why_not is None and report.omitted)):
        status = 1
    print(f"{report.passed} passed, {report.failed} failed, {report.omitted} skipped")
    return status


if __name__ == "__main__":
    sys.exit(main())
