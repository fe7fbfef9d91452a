"""The sanitizer that nfmon was built with, and what it reports.

SANITIZER names it, as `swift build --sanitize` does; without that there is none.
"""

import os

from processes import Directory

NAME = os.environ.get("SANITIZER", "")

# swift-argument-parser ends the process where it finds a mistake, amid functions whose values nobody releases then.
_SUPPRESSIONS = "leak:ArgumentParser15ParsableCommandPAAE11parseAsRoot\n"


class Reports:
    """The reports of all programs that run from now on, in a directory, as a test may look at no program's stderr."""

    def __init__(self):
        self._directory = None
        if not NAME:
            return
        self._directory = Directory()
        os.chmod(self._directory.path, 0o1777)  # some tests give nfmon another user
        suppressions = self._directory / "suppressions"
        with open(suppressions, "w", encoding="ascii") as file:
            file.write(_SUPPRESSIONS)
        self._known = {"suppressions"}
        options = f"log_path={self._directory / 'report'}"
        os.environ["ASAN_OPTIONS"] = f"{options}:malloc_context_size=100"
        os.environ["TSAN_OPTIONS"] = options
        os.environ["LSAN_OPTIONS"] = f"suppressions={suppressions}:print_suppressions=0"

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
