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

    def test_a_table_that_only_nft_can_read_is_left_alone_and_the_other_backend_named(self):
        for chain, reason in (
            ("type filter hook input priority 0; policy accept; ct state established accept;", "cannot read"),
            ("counter;", "cannot use"),  # no base chain
        ):
            with self.subTest(chain):
                lab = self.make_lab()
                lab.inside("nft", "flush", "ruleset")
                lab.inside("nft", f"table ip filter {{ chain INPUT {{ {chain} }}; }}".replace("; ", ";\n"))
                before = self.found(lab)
                refused = self.rules(lab, "apply", "new")
                self.assertNotEqual(refused.returncode, 0)
                self.assertRegex(refused.stderr, f"the table ip filter .* {reason}.*choose --backend nft")
                self.assertEqual(self.found(lab), before)
                for words in ("apply", "new", "--backend", "nft"), ("remove",):
                    result = self.rules(lab, *words)
                    self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual(self.found(lab), before)

    def test_what_nft_made_unreadable_since_is_not_called_removed(self):
        lab = self.make_lab()
        lab.inside("nft", "flush", "ruleset")
        before = self.found(lab)
        self.assertEqual(self.rules(lab, "apply", "new").returncode, 0)
        lab.inside("nft", "insert rule ip filter INPUT ct state established accept")
        refused = self.rules(lab, "remove")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("nft -a list table ip filter", refused.stderr)
        handle = re.search(r"ct state established accept # handle (\d+)", lab.inside("nft", "-a", "list", "ruleset").stdout)
        lab.inside("nft", "delete", "rule", "ip", "filter", "INPUT", "handle", handle[1])
        self.assertEqual(self.rules(lab, "remove").returncode, 0)
        self.assertEqual(self.found(lab), before)

    def test_what_a_comment_or_prefix_says_is_no_jump(self):
        lab = self.make_lab()
        for words in (
            ("-m", "comment", "--comment", "see -j NFMON", "-j", "ACCEPT"),
            ("-m", "comment", "--comment", 'a "quoted" -g NFMON -j DROP', "-j", "ACCEPT"),
            ("-j", "NFLOG", "--nflog-prefix", "-j NFMON-INPUT x"),
            ("-m", "comment", "--comment", 'why "not"', "-j", "DROP"),
        ):
            lab.inside("iptables", "-A", "INPUT", *words)
        lab.inside("iptables", "-P", "INPUT", "ACCEPT")
        before = self.found(lab)
        for profile in "new", "drops":
            applied = self.rules(lab, "apply", profile)
            self.assertEqual(applied.returncode, 0, applied.stderr)
            self.assertNotIn("ip INPUT denies nothing", applied.stderr)
        self.assertNotIn("see -j", self.rules(lab, "show").stdout)
        self.assertEqual(self.rules(lab, "remove").returncode, 0)
        self.assertEqual(self.found(lab), before)

    def test_a_comment_does_not_make_a_rule_one_of_nfmons(self):
        lab = self.make_lab()
        lab.inside("iptables", "-N", "NFMON")
        lab.inside("iptables", "-A", "NFMON", "-m", "comment", "--comment", "not -j NFLOG but", "-j", "DROP")
        refused = self.rules(lab, "apply", "new")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("rename your chain", refused.stderr)

    def test_a_sysctl_that_somebody_has_set_since_stays_as_it_is(self):
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=0)
        self.assertEqual(self.rules(lab, "apply", "new").returncode, 0)
        lab.sysctl(nf_conntrack_acct=0)
        removed = self.rules(lab, "remove")
        self.assertEqual(removed.returncode, 0)
        self.assertIn("nf_conntrack_acct stays 0", removed.stderr)
        self.assertIn("nf_conntrack_timestamp is 0 again", removed.stderr)
        self.assertEqual(self.sysctls(lab), ["0", "0"])

    def test_what_was_set_between_two_applies_is_what_remove_puts_back(self):
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=0)
        self.assertEqual(self.rules(lab, "apply", "new").returncode, 0)
        lab.sysctl(nf_conntrack_acct=0)
        self.assertEqual(self.rules(lab, "apply", "head").returncode, 0)
        self.assertEqual(self.sysctls(lab), ["1", "1"])
        self.assertEqual(self.rules(lab, "remove").returncode, 0)
        self.assertEqual(self.sysctls(lab), ["0", "0"])

    def sysctls(self, lab):
        """Of accounting and time stamps."""
        names = (f"net.netfilter.nf_conntrack_{name}" for name in ("acct", "timestamp"))
        return lab.inside("sysctl", "-n", *names).stdout.split()

    def test_a_chain_of_nfmons_name_with_a_rule_that_denies_is_refused_and_kept(self):
        lab = self.make_lab()
        lab.inside("iptables", "-N", "NFMON")
        lab.inside("iptables", "-A", "NFMON", "-s", "203.0.113.0/24", "-j", "DROP")
        before = self.found(lab)
        refused = self.rules(lab, "apply", "new")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("rename your chain", refused.stderr)
        self.assertEqual(self.found(lab), before)
