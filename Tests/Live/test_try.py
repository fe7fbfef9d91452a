"""`iptables/try`, the first thing that somebody runs: to its end, and interrupted."""

import os
import signal
import subprocess

from case import LiveTest
from lab import IPTABLES
from nfmon import NFMON
from processes import run

TRY = os.path.join(IPTABLES, "try")


class Try(LiveTest):
    def traces(self, pid):
        """What this "try" could leave behind, whoever else is at work on this host."""
        mine = f"nfmon-try-{pid}"
        names = os.listdir("/run/netns") if os.path.isdir("/run/netns") else []
        processes = run("ps", "-eo", "pid=,sid=,args=").stdout.splitlines()
        return [name for name in names if name.startswith(mine)] + [
            # A dead process is no longer of "try": process 1 has it, and takes it away when it likes.
            line for line in processes if (mine in line or line.split()[1] == str(pid)) and "<defunct>" not in line
        ]

    def start(self, *words, **more):
        return self.program([TRY, *words], env={**os.environ, "NFMON": NFMON}, **more)

    def test_it_shows_events_and_sessions_and_leaves_nothing_behind(self):
        program = self.start()
        self.assertEqual(program.wait(90), 0, program.talk)
        text = program.output.decode()
        for word in "start", "end", "DENIED", "ssh-bruteforce", "lan0", "wan0", "192.0.2.1", "[2001:db8:2::9]:443":
            self.assertIn(word, text)
        self.assertIn("complete: nothing is known to be lost", text)
        self.assertEqual(self.traces(program.process.pid), [])

    def test_ctrl_c_at_any_time_ends_it_with_130_and_leaves_nothing_behind(self):
        for moment in "the lab", "nfmon events", "driven", "nfmon sessions":
            for number, status in (signal.SIGINT, 130), (signal.SIGTERM, 143):
                with self.subTest(moment, signal=number.name):
                    program = self.start()
                    program.until_said(moment, 60)
                    # As the terminal does it: to all of its processes.
                    os.killpg(program.process.pid, number)
                    self.assertEqual(program.wait(30), status, program.talk)
                    self.assertEqual(self.traces(program.process.pid), [])

    def test_a_lab_that_was_interrupted_while_it_is_made_is_gone(self):
        for _ in range(3):
            prefix = f"nfmon-live-{os.getpid()}-half"
            program = self.program([os.path.join(IPTABLES, "lab"), "up", prefix])
            self.until(lambda: os.path.exists(f"/run/netns/{prefix}-firewall"), "it is half made")
            program.send(signal.SIGTERM)
            self.assertIn(program.wait(20), (143, 0))
            if program.process.returncode == 0:  # it was faster
                subprocess.run([os.path.join(IPTABLES, "lab"), "down", prefix], check=True)
            self.assertEqual([name for name in os.listdir("/run/netns") if name.startswith(prefix)], [])

    def test_on_a_host_it_puts_everything_back(self):
        """In a namespace of its own that stands for the host, so that this host's rules stay out of it."""
        lab = self.make_lab()
        before = lab.inside("iptables-save").stdout, lab.inside("sysctl", "-n", "net.netfilter.nf_conntrack_acct").stdout
        program = self.program(
            ["ip", "netns", "exec", lab.namespace, TRY, "--host"], env={**os.environ, "NFMON": NFMON}
        )
        self.assertEqual(program.wait(90), 0, program.talk)
        self.assertIn("127.0.0.1", program.output.decode())
        after = lab.inside("iptables-save").stdout, lab.inside("sysctl", "-n", "net.netfilter.nf_conntrack_acct").stdout

        def rules(text):  # without the counters, which the traffic moved
            return [line.split(" [")[0] for line in text.splitlines() if line.startswith(("-", ":"))]

        self.assertEqual(rules(after[0]), rules(before[0]))
        self.assertEqual(after[1], before[1])
        self.assertEqual(self.traces(program.process.pid), [])
