"""What of root's power a monitor keeps that was started as root, and what becomes of that which `setcap` gives."""

import contextlib
import json
import os
import pwd
import struct

from case import LiveTest
from comparison import WORDS, Answer
from nfmon import MISUSE, NFMON, PRIVILEGE, UNAVAILABLE, finish
from processes import run
from service import nfmon_for_everybody

DAC_READ_SEARCH, NET_ADMIN, NET_RAW, SYS_ADMIN = 1 << 2, 1 << 12, 1 << 13, 1 << 21
NOBODY = pwd.getpwnam("nobody")
AS_NOBODY = "setpriv", "--reuid=nobody", f"--regid={NOBODY.pw_gid}", "--clear-groups"


def give(program, capabilities):
    """What `setcap …+ep` does: VFS_CAP_REVISION_2, the effective bit, what is permitted."""
    os.setxattr(program, "security.capability", struct.pack("<5I", 0x0200_0001, capabilities, 0, 0, 0))


def statuses(process):
    """/proc/PID/status of each of its threads."""
    for thread in os.listdir(f"/proc/{process}/task"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # a thread may end meanwhile
            with open(f"/proc/{process}/task/{thread}/status", encoding="ascii", errors="replace") as lines:
                status = dict(line.rstrip("\n").split(":\t", 1) for line in lines if ":\t" in line)
            yield status


class PrivilegesTest(LiveTest):
    def monitor(self, lab, *words, before=()):
        """`nfmon run` with a socket of its own, once that is there."""
        directory = self.directory()
        os.chown(directory.path, NOBODY.pw_uid, NOBODY.pw_gid)
        socket = directory / "nfmon.sock"
        monitor = self.program(
            [*before, NFMON, "run", "--config", "/dev/null", "--socket", socket, "--socket-group", "none", *words])
        self.until(lambda: os.path.exists(socket) or monitor.has_ended, "the socket")
        self.assertFalse(monitor.has_ended, monitor.talk)
        monitor.socket = socket
        return monitor

    def assert_keeps_only(self, capabilities, monitor):
        found = list(statuses(monitor.process.pid))
        self.assertGreater(len(found), 1, "more threads than one were looked at")
        for status in found:
            self.assertEqual(status["Uid"].split(), [str(NOBODY.pw_uid)] * 4)
            self.assertEqual(status["Gid"].split(), [str(NOBODY.pw_gid)] * 4)
            self.assertEqual([int(number) for number in status["Groups"].split()], os.getgrouplist("nobody", NOBODY.pw_gid))
            for name in "CapPrm", "CapEff", "CapBnd":
                self.assertEqual(int(status[name], 16), capabilities, name)
            self.assertEqual(int(status["CapAmb"], 16), NET_ADMIN, "what nft and iptables-save get")
            self.assertEqual(status["NoNewPrivs"], "1")

    def test_started_as_root_it_keeps_cap_net_admin_and_nothing_else(self):
        lab = self.make_lab("new")
        monitor = self.monitor(lab, "--user", "nobody", before=("ip", "netns", "exec", lab.namespace))
        self.assert_keeps_only(NET_ADMIN, monitor)

    def test_a_namespace_of_its_own_takes_cap_sys_admin_too(self):
        lab = self.make_lab("new")
        monitor = self.monitor(lab, "--user", "nobody", "--netns", lab.namespace)
        self.assert_keeps_only(NET_ADMIN | SYS_ADMIN, monitor)

    def test_a_source_can_be_opened_long_after_the_privileges_went(self):
        lab = self.make_lab("new")
        owner = lab.events("--no-conntrack", "--group", "100")
        monitor = self.monitor(lab, "--user", "nobody", "--netns", lab.namespace)
        self.until(lambda: "NFLOG group 100" in monitor.talk, "it says that the group is taken")
        owner.stop()
        self.until(lambda: lab.drive(tcp=1) and "lan0" in finish("sessions", "--socket", monitor.socket).stdout,
                   "an interface, which only NFLOG tells", 30)

    def test_without_privilege_it_ends_and_says_what_it_takes(self):
        directory = self.directory()
        os.chown(directory.path, NOBODY.pw_uid, NOBODY.pw_gid)
        result = run(
            *AS_NOBODY, nfmon_for_everybody(directory), "run", "--config", "/dev/null", "--user", "nobody", "--socket", directory / "nfmon.sock", check=False, seconds=20)
        self.assertEqual(result.returncode, PRIVILEGE, result.stderr)
        self.assertIn("run as root", result.stderr.splitlines()[-1])
        self.assertFalse(os.path.exists(directory / "nfmon.sock"))

    def test_what_setcap_gives_goes_to_the_tools_that_tell_the_rules(self):
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_acct=1)
        lab.inside("nft", "table inet t { chain c { type filter hook forward priority 10; udp dport 81 counter drop; }; }")
        program = nfmon_for_everybody(self.directory())
        # Which legacy tables there are stands in files of root's. What opens them the tools have no use for, and do not get.
        give(program, NET_ADMIN | NET_RAW | DAC_READ_SEARCH)
        comparison = self.program(
            ["ip", "netns", "exec", lab.namespace, *AS_NOBODY, program, "compare", *WORDS])
        comparison.until_said("comparing: ")
        for status in statuses(comparison.process.pid):
            self.assertEqual(int(status["CapInh"], 16) | int(status["CapAmb"], 16), 0, "it is taken back")
        lab.datagrams(3, port=81)
        self.until(lambda: "packets 3 " in lab.inside("nft", "list", "table", "inet", "t").stdout, "they are dropped")
        self.assertEqual(comparison.stop(), 0, comparison.talk)
        answer = Answer(json.loads(comparison.output))
        self.assertEqual(answer.summary["notes"], [])
        self.assertEqual(answer.of(81), {"denied": 3}, answer.evidence)
        self.assertIn("inet t c", answer.evidence)

    def test_a_user_that_there_is_not_is_named_with_the_cure(self):
        result = finish("run", "--config", "/dev/null", "--user", "no-such-user")
        self.assertEqual(result.returncode, UNAVAILABLE)
        self.assertIn("become user no-such-user: there is none: make it with \"adduser --system", result.stderr)

    def test_a_mistake_in_the_configuration_is_told_with_its_line(self):
        directory = self.directory()
        with open(directory / "nfmon.yaml", "w", encoding="utf-8") as file:
            file.write("sources:\n  conntrak: yes\nlog: {level: loud}\n")
        result = finish("run", "--check", "--config", directory / "nfmon.yaml")
        self.assertEqual(result.returncode, 78)
        self.assertEqual(
            result.stderr.splitlines(),
            [
                f"nfmon: {directory / 'nfmon.yaml'}:2:3: there is no conntrak in sources: did you mean conntrack?",
                f"nfmon: {directory / 'nfmon.yaml'}:3:14: log.level cannot be \"loud\": write debug, info, warning or error",
            ])
        self.assertEqual(finish("run", "--check", "--config", "/dev/null").returncode, 0)
        self.assertEqual(finish("run", "--check", "--log-level", "loud").returncode, MISUSE)
