"""One thread of a process halted while the others go on."""

import ctypes
import fnmatch
import os

# linux/ptrace.h, linux/wait.h
PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT = 17, 0x4206, 0x4207
WAIT_ALL = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


def _ptrace(request, thread):
    if _libc.ptrace(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


class Halt:
    """Halts the first thread of that name, which may have a `*` in it, in a `with` statement; the kernel lets it go when the test's process ends, too."""

    def __init__(self, process, name):
        self._thread = next(
            int(thread) for thread in os.listdir(f"/proc/{process}/task")
            if fnmatch.fnmatchcase(self._name(process, thread), name))

    @staticmethod
    def _name(process, thread):
        try:
            with open(f"/proc/{process}/task/{thread}/comm", encoding="utf-8", errors="replace") as file:
                return file.read().rstrip("\n")
        except (FileNotFoundError, ProcessLookupError):  # ended meanwhile
            return ""

    def __enter__(self):
        _ptrace(PTRACE_SEIZE, self._thread)
        _ptrace(PTRACE_INTERRUPT, self._thread)
        os.waitpid(self._thread, WAIT_ALL)
        return self

    def __exit__(self, *_):
        _ptrace(PTRACE_DETACH, self._thread)
