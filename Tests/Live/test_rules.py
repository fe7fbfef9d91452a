"""The rules that feed nfmon: they come, replace one another and go, and what is not theirs stays."""

import pathlib
import re
import subprocess

from case import LiveTest

RULES = pathlib.Path(__file__).resolve().parents[2] / "iptables" / "rules"
PROFILES = ("new",), ("head",), ("all",), ("drops",), ("new", "drops"), ("all", "drops")
OWN_CHAIN = (("-N", "NFMON-BLOCK"), ("-A", "NFMON-BLOCK", "-s", "203.0.113.0/24", "-j", "DROP"), ("-A", "INPUT", "-j", "NFMON-BLOCK"))


class Rules(LiveTest):
    def rules(self, lab, *words):
        return subprocess.run([RULES, *words, "--netns", lab.namespace], capture_output=True, text=True, timeout=60)

    def found(self, lab):
        """Everything that rules could change, without counters."""
        command = (
            "iptables-save; ip6tables-save; nft list ruleset;"
            "sysctl -n net.netfilter.nf_conntrack_acct net.netfilter.nf_conntrack_timestamp"
        )
        text = lab.inside("sh", "-c", command).stdout
        return re.sub(r"\[\d+:\d+\]|packets \d+ bytes \d+|^#.*$", "", text, flags=re.MULTILINE)

    def test_every_profile_comes_replaces_the_last_and_goes_without_a_trace(self):
        for backend in "iptables", "nft":
            lab = self.make_lab()
            before = self.found(lab)
            for profile in PROFILES:
                for _ in "once", "again":
                    applied = self.rules(lab, "apply", *profile, "--backend", backend)
                    self.assertEqual(applied.returncode, 0, (backend, profile, applied.stderr))
            for _ in "once", "again":
                removed = self.rules(lab, "remove")
                self.assertEqual(removed.returncode, 0, removed.stderr)
            self.assertEqual(self.found(lab), before, backend)

    def test_a_chain_of_the_operators_own_stays_whatever_its_name_begins_with(self):
        lab = self.make_lab()
        for words in OWN_CHAIN:
            lab.inside("iptables", *words)
        before = self.found(lab)
        self.assertEqual(self.rules(lab, "apply", "new").returncode, 0)
        self.assertIn("-A NFMON-BLOCK -s 203.0.113.0/24 -j DROP", self.found(lab))
        self.assertEqual(self.rules(lab, "remove").returncode, 0)
        self.assertEqual(self.found(lab), before)

    def test_a_chain_of_nfmons_name_with_a_rule_that_denies_is_refused_and_kept(self):
        lab = self.make_lab()
        lab.inside("iptables", "-N", "NFMON")
        lab.inside("iptables", "-A", "NFMON", "-s", "203.0.113.0/24", "-j", "DROP")
        before = self.found(lab)
        refused = self.rules(lab, "apply", "new")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("rename your chain", refused.stderr)
        self.assertEqual(self.found(lab), before)
