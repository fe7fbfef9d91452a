"""The sanitizer that nfmon was built with, and what it reports.

SANITIZER names it, as `swift build --sanitize` does; without that there is none.
"""

import os

from processes import Directory

NAME = os.environ.get("SANITIZER", "")
# Where a sanitizer looks for its options.
OPTIONS = "ASAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"

# swift-argument-parser ends the process where it finds a mistake, amid functions whose values nobody releases then.
_LEAKS = ["ArgumentParser15ParsableCommandPAAE11parseAsRoot"]

# What the thread sanitizer cannot see, as Swift's runtime is not built for it: that a copy was let go of before the last owner changes
# it in place (reference counts), and that a task which never had to wait takes over from who resumed it.
_RACES = [
    "7Reports11MetricsText",  # writes copies of figures, made under the table's lock
    "9HTTPTypes11HTTPRequest",  # passes from an event loop to a task
    "Scc6resume9returning",  # resumes a task
]


class Reports:
    """The reports of all programs that run from now on, in a directory, as a test may look at no program's stderr."""

    def __init__(self):
        self._directory = None
        if not NAME:
            return
        self._directory = Directory()
        os.chmod(self._directory.path, 0o1777)  # some tests give nfmon another user
        self._known = {"leaks", "races"}
        options = f"log_path={self._directory / 'report'}"
        os.environ["ASAN_OPTIONS"] = f"{options}:malloc_context_size=100"
        os.environ["TSAN_OPTIONS"] = f"{options}:{self._suppress('races', 'race', _RACES)}"
        os.environ["LSAN_OPTIONS"] = self._suppress("leaks", "leak", _LEAKS)

    def _suppress(self, name, kind, functions):
        """The options that leave these out of the reports."""
        path = self._directory / name
        with open(path, "w", encoding="ascii") as file:
            file.writelines(f"{kind}:{function}\n" for function in functions)
        return f"suppressions={path}:print_suppressions=0"

    def take(self):
        """The reports that are new since the last time, as texts."""
        if not self._directory:
            return []
        new = sorted(set(os.listdir(self._directory.path)) - self._known)
        self._known.update(new)
        texts = []
        for name in new:
            with open(self._directory / name, encoding="utf-8", errors="replace") as file:
                texts.append(file.read().strip())
        return texts
