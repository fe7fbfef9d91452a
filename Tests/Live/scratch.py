"""A host to install things on: this one, seen through an overlay that goes when the test ends.

Nothing that happens there reaches this host: its files are below an overlay, its network is a namespace of its own, and what is
mounted is mounted there only.
"""

import contextlib
import os
import shutil
import tempfile

import cleanup
import sanitizer
from lab import PREFIX
from processes import Program, run, until

# The overlay's directories, on a file system in memory; $1 is where they are made.
OVERLAY = r"""
set -e
mount -t tmpfs tmpfs "$1"
mkdir "$1"/{upper,work,root}
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
cd "$1/root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/pts dev/shm
mount -t devpts -o ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for name in null zero full random urandom tty; do touch "dev/$name"; mount --bind "/dev/$name" "dev/$name"; done
"""

# What else a service manager wants: control groups of its own; and the kernel's settings, which are everybody's, read-only.
BOOT = r"""
: >etc/fstab
rm -f usr/sbin/policy-rc.d
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t cgroup2 none sys/fs/cgroup
mount -t tmpfs tmpfs tmp
exec chroot . env -i container=nfmon PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=basic.target
"""

# Of a host's start only the journal is wanted: the rest would look through the whole disk, or for the network.
WANTED = ("systemd-journald.service",)


class ScratchHost:
    """The host, there from `up()` to `close()`."""

    def __init__(self):
        self._directory = self._holder = None

    def up(self):
        cleanup.register(self)
        self._directory = tempfile.mkdtemp(prefix="nfmon-live-")
        self._start(["unshare", "--mount", "--net", "--propagation", "private"],
                    OVERLAY + "exec chroot . sleep infinity", "sleep")
        return self

    def _start(self, unshare, script, name):
        self._holder = Program([*unshare, "bash", "-c", script, "scratch", self._directory])
        self.process = until(lambda: self._find(name), f"{name} in the scratch host: {self._holder.talk}")

    def _find(self, name):
        """The process of the namespaces, once it is what is to run there."""
        if self._holder.has_ended:
            raise AssertionError(f"the scratch host ended: {self._holder.talk}")
        for number in (self._holder.process.pid, *children(self._holder.process.pid)):
            # The script's own programs may end while they are looked at.
            with contextlib.suppress(FileNotFoundError, ProcessLookupError), open(f"/proc/{number}/comm", encoding="ascii") as comm:
                if comm.read().strip() == name:
                    return number
        return None

    def inside(self, *words, **more):
        # Where a sanitizer writes, and what it shall not, are files of this host.
        outside = [word for name in sanitizer.OPTIONS for word in ("-u", name)]
        return run(
            "nsenter", f"--target={self.process}", "--all", "--root", "--wd", "env", *outside, "HOME=/root", *words, **more)

    def take(self, path):
        """Copies a file or a folder of this host's into /root there; its path there."""
        place = f"/root/{os.path.basename(os.path.realpath(path))}"
        if os.path.isdir(path):
            shutil.copytree(path, self.path(place))
        else:
            shutil.copy(path, self.path(place))
        return place

    def path(self, path):
        """Where a file of the scratch host is to be found from here."""
        return f"/proc/{self.process}/root{path}"

    def read(self, path):
        with open(self.path(path), encoding="utf-8") as file:
            return file.read()

    def exists(self, path):
        return os.path.lexists(self.path(path))

    def files(self, *but):
        """The paths of all files that were made, changed or removed since the beginning, but those below some folders."""
        top = f"/proc/{self._holder.process.pid}/root{self._directory}/upper"
        found = set()
        for folder, _, names in os.walk(top):
            found |= {os.path.join(folder, name)[len(top):] for name in names}
        return sorted(path for path in found if not path.startswith(but))

    def close(self):
        cleanup.forget(self)
        if self._holder:
            self._holder.close()
        if self._directory:
            shutil.rmtree(self._directory, ignore_errors=True)


class BootedHost(ScratchHost):
    """The same with systemd as its first process."""

    def up(self):
        cleanup.register(self)
        self._directory = tempfile.mkdtemp(prefix="nfmon-live-")
        self._groups = tempfile.mkdtemp(prefix="nfmon-live-")
        run("mount", "-t", "cgroup2", "none", self._groups)
        self._group = os.path.join(self._groups, f"{PREFIX}-{os.path.basename(self._directory)}")
        os.mkdir(self._group)
        masks = "".join(
            f"ln -sf /dev/null etc/systemd/system/{unit}\n" for unit in sorted(wanted_at_start()) if unit not in WANTED
        )
        self._start(
            ["bash", "-c", f'echo $$ >"{self._group}/cgroup.procs"; exec "$@"', "group", "unshare", "--cgroup", "--pid",
             "--fork", "--kill-child", "--mount", "--net", "--uts", "--ipc", "--propagation", "private"],
            OVERLAY + masks + BOOT, "systemd")
        until(lambda: self.systemctl("is-system-running", check=False).stdout.strip() in ("running", "degraded"),
              "systemd is up", 30)
        return self

    def systemctl(self, *words, **more):
        return self.inside("systemctl", "--no-pager", *words, **more)

    def journal(self, unit):
        return self.inside("journalctl", "--no-pager", "--output=cat", f"--unit={unit}").stdout

    def close(self):
        super().close()
        if os.path.ismount(self._groups):
            # Its processes are gone with the first of them, or are going.
            until(lambda: not any(is_populated(folder) for folder, _, _ in os.walk(self._group)), "its processes end")
            for folder, _, _ in os.walk(self._group, topdown=False):
                os.rmdir(folder)
            run("umount", self._groups)
            os.rmdir(self._groups)


def wanted_at_start():
    """Units that this host's own start would bring up."""
    for folder in "/etc/systemd/system", "/lib/systemd/system":
        for target in "sysinit", "basic", "sockets", "timers", "local-fs", "multi-user":
            directory = f"{folder}/{target}.target.wants"
            if os.path.isdir(directory):
                yield from os.listdir(directory)


def is_populated(group):
    with open(os.path.join(group, "cgroup.events"), encoding="ascii") as events:
        return "populated 1" in events.read()


def children(number):
    try:
        with open(f"/proc/{number}/task/{number}/children", encoding="ascii") as numbers:
            return [int(word) for word in numbers.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
