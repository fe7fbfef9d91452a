"""The package and the scripts that install nfmon: what they put on a host, what they leave there."""

import glob
import json
import os

from case import LiveTest
from lab import IPTABLES
from nfmon import NFMON
from processes import run
from scratch import ScratchHost

# Packing takes longer than all the rest, and is not what is tested.
PACKING = {**os.environ, "NFMON": NFMON, "DPKG_DEB_COMPRESSOR_TYPE": "none"}

# What dpkg, apt and man-db write for themselves.
BOOKS = ("/var/lib/dpkg/", "/var/log/", "/var/cache/", "/var/lib/systemd/deb-systemd-helper-enabled/", "/root/", "/tmp/")
ACCOUNTS = ("/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow")
# Copies that useradd keeps, its lock, and the ranges of numbers that it looks through.
SPARE_ACCOUNTS = tuple(f"{path}-" for path in ACCOUNTS) + ("/etc/.pwd.lock", "/etc/subuid", "/etc/subgid")


def package(directory, revision, **environment):
    """The path of a package of the nfmon under test."""
    words = (os.path.join(IPTABLES, "package"), "--revision", str(revision), directory.path)
    return run(*words, env=PACKING | environment, seconds=120).stdout.strip()


def tree(root):
    """Every file below a directory, with its mode and what is in it."""
    found = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                found[path[len(root):]] = (os.lstat(path).st_mode, file.read())
    return found


class PackageTest(LiveTest):
    def scratch_host(self):
        host = ScratchHost()
        self.addCleanup(host.close)
        return host.up()

    def assert_is_as_before(self, host):
        """Nothing is left, and the accounts are this host's."""
        self.assertEqual(host.files(*BOOKS, *ACCOUNTS, *SPARE_ACCOUNTS), [])
        for path in ACCOUNTS:
            with open(path, encoding="utf-8") as own:
                self.assertEqual(host.read(path), own.read(), path)

    def test_the_package_comes_is_renewed_and_goes_without_a_trace(self):
        directory = self.directory()
        name = r"Ann & Bob c/o \1 $(id) @size@"
        first, second = package(directory, 1), package(directory, 2, DEBFULLNAME=name, DEBEMAIL="a&b@example.org")
        self.assertEqual(run("dpkg-deb", "--field", second, "Maintainer").stdout.strip(), f"{name} <a&b@example.org>")
        host = self.scratch_host()
        first, second = (host.take(path) for path in (first, second))

        host.inside("dpkg", "--install", first)
        self.assertTrue(host.inside("nfmon", "--version").stdout.startswith("nfmon "))
        self.assertIn("(nfmon)", host.inside("id", "nfmon").stdout)
        self.assertIn("usage: rules apply", host.inside("nfmon-rules", "--help").stdout)
        self.assertTrue(host.exists("/etc/systemd/system/multi-user.target.wants/nfmon.service"))
        self.assertFalse(
            host.exists("/etc/systemd/system/multi-user.target.wants/nfmon-rules.service"),
            "rules go into a firewall only when somebody says so")

        with open(host.path("/etc/nfmon/nfmon.yaml"), "a", encoding="utf-8") as settings:
            settings.write("user: root\n")
        host.inside("systemctl", "disable", "nfmon.service")
        host.inside("dpkg", "--install", second)
        self.assertIn("user: root\n", host.read("/etc/nfmon/nfmon.yaml"), "what was changed stays")
        self.assertFalse(
            host.exists("/etc/systemd/system/multi-user.target.wants/nfmon.service"), "what was disabled stays so")

        host.inside("dpkg", "--remove", "nfmon")
        self.assertFalse(host.exists("/usr/bin/nfmon"))
        self.assertFalse(host.exists("/usr/lib/systemd/system/nfmon.service"))
        self.assertIn("user: root\n", host.read("/etc/nfmon/nfmon.yaml"), "the configuration stays until it is purged")
        refused = host.inside(f"{host.take(IPTABLES)}/install", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn('"apt-get purge nfmon"', refused.stderr)

        host.inside("dpkg", "--purge", "nfmon")
        self.assert_is_as_before(host)

    def test_the_scripts_install_twice_and_remove_without_a_trace(self):
        host = self.scratch_host()
        host.take(os.path.join(IPTABLES, "..", "README.md"))
        scripts = host.take(IPTABLES)
        install, remove = f"{scripts}/install", f"{scripts}/remove"
        words = ("env", f"NFMON={host.take(NFMON)}")
        host.inside(*words, install, "--no-start")
        once = {path: os.stat(host.path(path)).st_size for path in host.files("/tmp/")}
        host.inside(*words, install, "--no-start")
        self.assertEqual({path: os.stat(host.path(path)).st_size for path in host.files("/tmp/")}, once)
        self.assertIn("(nfmon)", host.inside("id", "nfmon").stdout)
        host.inside("nfmon", "--version")

        host.inside(remove, "--purge")
        self.assert_is_as_before(host)
        self.assertIn("nothing is installed", host.inside(remove).stderr)

    def test_below_another_root_a_changed_configuration_stays(self):
        root = self.directory()
        os.mkdir(root / "etc")
        lines = ("root:x:0:0::/root:/bin/sh", "root:x:0:", "root:*:1::::::", "root:*::")
        for path, line in zip(ACCOUNTS, lines):
            with open(root.path + path, "w", encoding="ascii") as file:
                file.write(line + "\n")
        before = tree(root.path)
        install, remove = (os.path.join(IPTABLES, name) for name in ("install", "remove"))

        run(install, "--root", root.path, "--profile", "new", "--profile", "drops", env=PACKING)
        with open(root / "etc/default/nfmon-rules", encoding="utf-8") as file:
            self.assertIn('\nNFMON_RULES="new drops"\n', file.read())
        wants = root / "etc/systemd/system/multi-user.target.wants"
        self.assertEqual(sorted(os.listdir(wants)), ["nfmon-rules.service", "nfmon.service"])
        with open(root / "etc/nfmon/nfmon.yaml", "a", encoding="utf-8") as settings:
            settings.write("user: root\n")

        said = run(install, "--root", root.path, env=PACKING).stderr
        self.assertNotIn("nfmon.yaml.new", said, "nothing is new in it")
        with open(root / "etc/nfmon/nfmon.yaml", encoding="utf-8") as settings:
            self.assertTrue(settings.read().endswith("user: root\n"))

        said = run(remove, "--root", root.path).stderr
        self.assertIn("/etc/nfmon/nfmon.yaml was changed here and stays", said)
        left = {path for path in tree(root.path) if not path.startswith("/etc/") or path.startswith("/etc/nfmon")}
        self.assertEqual(left, {"/etc/nfmon/nfmon.yaml"})

        run(remove, "--root", root.path, "--purge")
        after = {path: content for path, content in tree(root.path).items() if path not in SPARE_ACCOUNTS}
        self.assertEqual(after, before)

    def test_every_command_and_option_is_in_the_manual(self):
        directory = self.directory()
        for name in "man1", "man5":
            os.mkdir(directory / name)
        run(os.path.join(IPTABLES, "host", "manual"), NFMON, os.path.join(IPTABLES, "host", "nfmon.yaml"), directory.path)
        pages = sorted(glob.glob(directory / "man*/*"))
        for page in pages:
            with self.subTest(page=os.path.basename(page)):
                shown = run("man", "--warnings", "--local-file", page, env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"})
                self.assertEqual(shown.stderr, "")
        commands = json.loads(run(NFMON, "--experimental-dump-help").stdout)["command"]["subcommands"]
        names = [command["commandName"] for command in commands if command["commandName"] != "help"]
        self.assertEqual(
            [os.path.basename(page) for page in pages],
            sorted(["nfmon.1", *(f"nfmon-{name}.1" for name in names)]) + ["nfmon.yaml.5"])
