"""nfmon.service under systemd, which is the first process of a scratch host."""

import os
import pwd

from case import LiveTest
from scratch import BootedHost
from test_package import package
from test_privileges import NET_ADMIN, statuses


class ServiceTest(LiveTest):
    def booted_host(self):
        """A host on which the package was installed."""
        host = BootedHost()
        self.addCleanup(host.close)
        host.up()
        host.inside("dpkg", "--install", host.take(package(self.directory(), 1)))
        return host

    def state(self, host, *names):
        """What systemctl shows of the service."""
        lines = host.systemctl("show", "nfmon", *(f"--property={name}" for name in names)).stdout.splitlines()
        found = dict(line.split("=", 1) for line in lines)
        return tuple(found[name] for name in names)

    def main_process(self, host):
        """Its number as it is seen from here."""
        number = int(self.state(host, "MainPID")[0])
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{name}/status", encoding="ascii", errors="replace") as lines:
                    status = dict(line.rstrip("\n").split(":\t", 1) for line in lines if ":\t" in line)
                if status["NSpid"].split() == [name, str(number)] and status["Name"] == "nfmon":
                    return int(name)
            except (FileNotFoundError, ProcessLookupError):
                pass
        raise AssertionError(f"no process {number} in the scratch host")

    def test_the_service_runs_as_its_user_answers_its_group_and_takes_over_settings(self):
        host = self.booted_host()
        self.assertEqual(self.state(host, "ActiveState", "SubState"), ("active", "running"), host.journal("nfmon"))

        account = next(line.split(":") for line in host.read("/etc/passwd").splitlines() if line.startswith("nfmon:"))
        for status in statuses(self.main_process(host)):
            self.assertEqual(status["Uid"].split(), [account[2]] * 4)
            self.assertEqual(status["Gid"].split(), [account[3]] * 4)
            for name in "CapPrm", "CapEff", "CapBnd":
                self.assertEqual(int(status[name], 16), NET_ADMIN, name)
            self.assertEqual((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"))

        member = ("setpriv", f"--reuid={pwd.getpwnam('daemon').pw_uid}", "--regid=nfmon", "--clear-groups")
        answer = host.inside(*member, "nfmon", "sessions", "-o", "json")
        self.assertIn('"sessions":[', answer.stdout)
        stranger = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
        refusal = host.inside(*stranger, "nfmon", "sessions", check=False)
        self.assertNotEqual(refusal.returncode, 0)
        self.assertIn("group nfmon", refusal.stderr)

        number = self.state(host, "MainPID")
        with open(host.path("/etc/nfmon/nfmon.yaml"), "a", encoding="utf-8") as settings:
            settings.write("user: nfmon\nlgo:\n")
        host.systemctl("reload", "nfmon")
        self.until(lambda: "did you mean log?" in host.journal("nfmon"), "the mistake in the journal")
        self.assertEqual(self.state(host, "ActiveState", "MainPID"), ("active", *number), "a mistake changes nothing")

        # Of priorities it tells where systemd itself may not grant LimitNICE (a host without CAP_SYS_RESOURCE).
        complaints = [line for line in host.journal("nfmon").splitlines() if "ailed to" in line and "priority" not in line]
        self.assertEqual(complaints, [], "nothing that it wants is kept from it")
        host.systemctl("stop", "nfmon")
        self.assertEqual(self.state(host, "ActiveState", "Result"), ("inactive", "success"), host.journal("nfmon"))
        self.assertFalse(host.exists("/run/nfmon"))

        host.systemctl("start", "nfmon", check=False)
        self.until(lambda: self.state(host, "ActiveState")[0] == "failed", "it gives up on a mistake")
        self.assertEqual(self.state(host, "ExecMainStatus", "NRestarts"), ("78", "0"))

    def test_a_service_that_hangs_is_started_again(self):
        host = self.booted_host()
        os.makedirs(host.path("/etc/systemd/system/nfmon.service.d"))
        with open(host.path("/etc/systemd/system/nfmon.service.d/watchdog.conf"), "w", encoding="ascii") as file:
            file.write("[Service]\nWatchdogSec=2s\nRestartSec=100ms\nTimeoutStopSec=1s\nTimeoutAbortSec=1s\n")
        host.systemctl("daemon-reload")
        host.systemctl("restart", "nfmon")
        host.systemctl("kill", "--signal=STOP", "nfmon")
        self.until(lambda: self.state(host, "NRestarts", "ActiveState", "SubState") == ("1", "active", "running"),
                   "it runs again", 30)

    def test_a_drop_in_lets_it_into_a_namespace(self):
        host = self.booted_host()
        host.inside("ip", "netns", "add", "fw")
        host.inside("ip", "netns", "exec", "fw", "iptables", "-A", "INPUT", "-m", "conntrack", "--ctstate", "NEW")
        with open(host.path("/etc/nfmon/nfmon.yaml"), "w", encoding="ascii") as settings:
            settings.write("sources: {netns: fw}\n")
        # As nfmon.yaml(5) has it.
        page = host.inside("man", "--encoding=ascii", "nfmon.yaml", env={**os.environ, "MANWIDTH": "200"}).stdout
        words = page.partition("For sources.netns:")[2].partition("SEE ALSO")[0]
        os.makedirs(host.path("/etc/systemd/system/nfmon.service.d"))
        with open(host.path("/etc/systemd/system/nfmon.service.d/netns.conf"), "w", encoding="ascii") as file:
            file.write("\n".join(line.strip() for line in words.splitlines()))
        host.systemctl("daemon-reload")
        host.systemctl("restart", "nfmon")
        host.inside("ip", "netns", "exec", "fw", "ip", "link", "set", "lo", "up")
        host.inside("ip", "netns", "exec", "fw", "bash", "-c", "echo nfmon >/dev/udp/127.0.0.1/9")
        self.assertIn("127.0.0.1:9", host.inside("nfmon", "sessions").stdout, host.journal("nfmon"))

    def test_the_rules_come_and_go_with_their_service(self):
        host = self.booted_host()
        host.systemctl("start", "nfmon-rules")
        self.assertIn("NFMON", host.inside("iptables-save").stdout, host.journal("nfmon-rules"))
        host.systemctl("restart", "nfmon")
        self.assertIn("profile     new", host.inside("nfmon-rules", "show").stdout, "the record outlives the monitor")
        host.systemctl("stop", "nfmon-rules")
        self.assertNotIn("NFMON", host.inside("iptables-save").stdout)

    def test_removing_the_package_stops_everything(self):
        host = self.booted_host()
        host.systemctl("start", "nfmon-rules")
        host.inside("dpkg", "--purge", "nfmon")
        self.assertEqual(self.state(host, "ActiveState", "LoadState"), ("inactive", "not-found"))
        self.assertNotIn("NFMON", host.inside("iptables-save").stdout)
        self.assertFalse(host.exists("/run/nfmon") or host.exists("/run/nfmon-rules"))
