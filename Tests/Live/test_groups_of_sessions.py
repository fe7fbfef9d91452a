"""`--by`: sessions added up, against traffic of which the sums are known."""

import csv
import io
import json
import os

from case import LiveTest
from nfmon import MISUSE, NFMON, finish
from processes import run


class GroupsOfSessions(LiveTest):
    def groups(self, lab, *words):
        answer = lab.sessions("-o", "json", *words)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        answer = json.loads(answer.stdout)
        return answer["groups"], answer["summary"]

    def by(self, groups, *columns):
        """Groups by the values of these columns."""
        return {tuple(group["nfmon"]["by"].get(column) for column in columns): group for group in groups}

    def test_sums_are_those_of_conntracks_own_rows(self):
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_acct=1)
        lab.drive(tcp=4, udp=5, ping=2)
        lab.datagrams(30, first_source_port=20000)
        lab.datagrams(7, port=19, first_source_port=30000)
        groups, summary = self.groups(lab, "--no-nflog", "--by", "src,dport,proto", "udp")
        rows = {}
        for key, entry in lab.conntrack().items():
            if key.protocol == 17:
                sums = rows.setdefault((key.source[0], key.destination[1], "udp"), [0, 0, 0])
                both = [entry.up, entry.down]
                for index, number in enumerate((1, sum(packets for packets, _ in both), sum(size for _, size in both))):
                    sums[index] += number
        shown = {
            key: [group["nfmon"]["sessions"], group["network"]["packets"], group["network"]["bytes"]]
            for key, group in self.by(groups, "src", "dport", "proto").items()
        }
        self.assertEqual(shown, rows)
        self.assertEqual(shown["10.0.0.7", 9, "udp"][0], 30)
        self.assertEqual(shown["10.0.0.7", 19, "udp"][0], 7)
        self.assertTrue(all(group["nfmon"]["exact"] for group in groups))
        self.assertEqual(summary["sessions"], sum(row[0] for row in rows.values()))
        self.assertEqual(summary["bytes"], sum(row[2] for row in rows.values()))
        self.assertEqual((summary["groups"], summary["shown"], summary["complete"]), (len(rows), len(rows), True))

        few, summary = self.groups(
            lab, "--no-nflog", "--by", "dport", "--sort", "sessions", "-n", "1", "--having", "sessions > 9", "udp")
        self.assertEqual([group["nfmon"]["by"] for group in few], [{"dport": 9}])
        self.assertEqual((summary["groups"], summary["shown"], summary["sessions"]), (2, 1, 40))

        networks, _ = self.groups(lab, "--no-nflog", "--by", "src/24", "ip")
        self.assertIn(("10.0.0.0/24",), self.by(networks, "src"))

    def test_without_accounting_no_sum_is_zero(self):
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_acct=0)
        lab.datagrams(5, first_source_port=20000)
        lab.sysctl(nf_conntrack_acct=1)
        lab.datagrams(3, port=19, first_source_port=30000)
        groups, _ = self.groups(lab, "--no-nflog", "--by", "dport")
        groups = self.by(groups, "dport")
        self.assertNotIn("network", groups[9,])
        self.assertEqual((groups[9,]["nfmon"]["exactness"], groups[9,]["nfmon"]["unknown_counters"]), ("unknown", 5))
        self.assertEqual(groups[19,]["nfmon"]["exactness"], "exact")
        [together], _ = self.groups(lab, "--no-nflog", "--by", "src")
        self.assertEqual(together["network"]["packets"], 3)
        self.assertEqual((together["nfmon"]["exactness"], together["nfmon"]["sessions"]), ("lower-bound", 8))
        table = lab.sessions("--no-nflog", "--by", "src").stdout
        self.assertIn(">3", table)

    def test_rules_and_interfaces_are_grouped_by_name_and_denials_counted(self):
        lab = self.make_lab("new")
        path = os.path.join(self.directory().path, "denied.pcap")
        recorder = self.closing(lab.record(path))
        lab.drive(tcp=3, denied=3)
        recorder.until_quiet()
        self.assertEqual(recorder.stop(), 0)
        answer = json.loads(finish("sessions", "-o", "json", "-r", path, "--by", "iif,verdict", "tcp").stdout)
        groups, summary = self.by(answer["groups"], "iif", "verdict"), answer["summary"]
        denied = [group for (_, verdict), group in groups.items() if verdict == "drop"]
        self.assertGreater(len(denied), 0, groups)
        for group in denied:
            self.assertEqual(group["nfmon"]["denied"], group["nfmon"]["sessions"])
            self.assertGreaterEqual(group["nfmon"]["attempts"], group["nfmon"]["denied"])
        self.assertIn("lan0", {iif for iif, _ in groups})
        self.assertIs(summary["complete"], True)

    def test_every_format_has_the_groups(self):
        lab = self.make_lab()
        lab.datagrams(4, first_source_port=20000)
        words = "--no-nflog", "--by", "src,dport,natsrc"
        rows = list(csv.DictReader(io.StringIO(lab.sessions("-o", "csv", *words).stdout)))
        self.assertEqual([(row["src"], row["dport"], row["sessions"]) for row in rows], [("10.0.0.7", "9", "4")])
        lines = lab.sessions("-o", "ndjson", *words).stdout.splitlines()
        self.assertEqual([json.loads(line)["nfmon"]["sessions"] for line in lines], [4])
        self.assertIn("src 10.0.0.7 dport 9 natsrc 192.0.2.1: 4 sessions", lab.sessions("-o", "compact", *words).stdout)
        table = lab.sessions(*words).stdout.splitlines()
        self.assertEqual(table[0].split()[:4], ["src", "dport", "natsrc", "sessions"])
        self.assertIn("1 of 1 group of 4 sessions", table[2])

    def test_checking_and_explaining_read_nothing(self):
        # In a user's hands, who may read nothing.
        plain = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")
        for command in "sessions", "events":
            answer = run(*plain, NFMON, command, "--check", "dport = 443 and rule = lan*", check=False)
            self.assertEqual((answer.returncode, answer.stdout, answer.stderr), (0, "", ""))
            answer = run(*plain, NFMON, command, "--explain", "tcp and rule = lan*", check=False)
            self.assertEqual((answer.returncode, answer.stderr), (0, ""))
            self.assertIn("filter  proto = tcp\n        and rule = lan*\n", answer.stdout)
            self.assertIn("instructions on the socket of events", answer.stdout)
            answer = finish(command, "--check", "dport = http")
            self.assertEqual(answer.returncode, MISUSE)
            self.assertIn("^", answer.stderr)
        for words in (("--by", "sr"), ("--by", "src", "--having", "dport = 5"), ("--having", "sessions > 1"),
                      ("--by", "src", "--sort", "dport"), ("--by", "iif", "--no-nflog")):
            answer = finish("sessions", "--check", *words)
            self.assertEqual(answer.returncode, MISUSE, words)
        explained = finish("sessions", "--explain", "--by", "src,rule", "--having", "sessions>10").stdout
        self.assertIn("by      src, rule\nhaving  sessions > 10\n", explained)
