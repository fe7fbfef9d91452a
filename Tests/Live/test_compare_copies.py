"""`nfmon compare` where rules make copies of packets, which conntrack does not track."""

from comparison import WORDS, CompareTest

UDP = "-p", "udp", "--dport", "81"


class CompareCopies(CompareTest):
    def copying_lab(self, gateway):
        """A lab whose firewall translates nothing, and sends copies of what goes to port 81 to the gateway."""
        lab = self.lab_with_accounting()
        lab.inside("iptables", "-t", "nat", "-F", "POSTROUTING")
        other = "eth1", "netns", f"{lab.prefix}-server"
        lab.inside("ip", "link", "add", "wan1", "type", "veth", "peer", "name", *other)
        for place, name, address in ("firewall", "wan1", "198.51.100.1"), ("server", "eth1", "198.51.100.9"):
            lab.inside("ip", "address", "add", f"{address}/24", "dev", name, role=place)
            lab.inside("ip", "link", "set", name, "up", role=place)
        lab.inside("iptables", "-t", "mangle", "-A", "PREROUTING", *UDP, "-j", "TEE", "--gateway", gateway)
        return lab

    def test_copies_that_leave_beside_the_packets_are_told_as_copies(self):
        lab = self.copying_lab("192.0.2.9")
        comparison = self.compare(lab)
        lab.datagrams(5, port=81)
        lab.datagrams(4, port=82)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"untracked": 5}, answer.evidence)
        self.assertIn("conntrack does not count copies that rules make", answer.evidence)
        self.assertRegex(answer.evidence, r"dport 81 .*(TEE|dup).* means these packets, and its counter rose by 5")

    def test_packets_of_which_only_copies_left_are_denied_by_their_rule(self):
        lab = self.copying_lab("198.51.100.9")
        lab.inside("iptables", "-I", "FORWARD", *UDP, "-j", "DROP")
        comparison = self.compare(lab, *WORDS, "-i", "wan1")
        lab.datagrams(5, port=81)
        lab.datagrams(4, port=82)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"denied": 5}, answer.evidence)
        self.assertRegex(answer.evidence, "rule ip filter FORWARD: .*dport 81 .*(drop|DROP) means these packets")
        self.assertIn("what left may be copies", answer.evidence)
        self.assertEqual(answer.summary["reasons"]["denied"]["uncertain_packets"], 5)
