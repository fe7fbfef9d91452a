"""`nfmon compare` of packets that the host itself drops, before or among its rules."""

import socket

from comparison import CompareTest
from lab import datagram


class CompareDrops(CompareTest):
    def lab_with_rule(self, hook, priority):
        """A lab that drops what goes to port 81, by whatever link it comes."""
        lab = self.lab_with_second_link("server", "dmz0", "198.51.100.1", "198.51.100.9")
        lab.inside("ip", "route", "add", "10.0.0.7/32", "via", "198.51.100.1", role="server")
        chain = f"type filter hook {hook} priority {priority}; udp dport 81 counter drop;"
        lab.inside("nft", f"table inet t {{ chain c {{ {chain} }}; }}")
        return lab

    def send_elsewhere(self, lab, count):
        """Datagrams that the rule takes, by the link that nobody captures."""
        with lab.server.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
            for _ in range(count):
                near.sendto(b"nfmon", (lab.client.inet, 81))

    def block(self, lab):
        """An IPsec policy in front of what is forwarded."""
        ends = "src", f"{lab.client.inet}/32", "dst", f"{lab.server.inet}/32"
        lab.inside("ip", "xfrm", "policy", "add", *ends, "dir", "fwd", "action", "block")

    def send_damaged(self, lab, count):
        """Datagrams to port 81 whose IP header has no checksum."""
        address = lab.inside("cat", "/sys/class/net/lan0/address").stdout.strip()
        with lab.client.namespace:
            near = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
        with near:
            for _ in range(count):
                packet = datagram(lab.client.inet, lab.server.inet, 5000, 81)
                near.sendto(packet, ("eth0", 0x800, 0, 0, bytes.fromhex(address.replace(":", ""))))

    def test_a_rule_is_not_sure_of_what_an_ipsec_policy_may_have_dropped_before_it(self):
        lab = self.lab_with_rule("forward", -5)
        self.block(lab)
        comparison = self.compare(lab)
        lab.datagrams(5, port=81)
        self.send_elsewhere(lab, 5)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"denied": 5}, answer.evidence)
        self.assertEqual(answer.certainties, {False}, answer.evidence)
        self.assertIn("XfrmInPolBlock rose by 5", answer.evidence)

    def test_a_rule_is_sure_of_what_it_took_before_an_ipsec_policy_dropped_others(self):
        lab = self.lab_with_rule("prerouting", -300)
        self.block(lab)
        comparison = self.compare(lab)
        lab.datagrams(5, port=81)
        lab.datagrams(3, port=82)
        answer = comparison.answer()
        self.assertEqual(answer.of(81), {"dropped-before-conntrack": 5}, answer.evidence)
        self.assertEqual(answer.of(82), {"dropped-after-conntrack": 3}, answer.evidence)
        self.assertEqual(answer.evidence.count("XfrmInPolBlock rose by 3"), 1, answer.evidence)
        self.assertEqual(answer.certainties, {True, False}, answer.evidence)

    def test_a_rule_is_not_sure_of_what_came_with_a_wrong_checksum(self):
        lab = self.lab_with_rule("prerouting", -300)
        comparison = self.compare(lab)
        self.send_damaged(lab, 5)
        self.send_elsewhere(lab, 5)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"dropped-before-conntrack": 5}, answer.evidence)
        self.assertEqual(answer.certainties, {False}, answer.evidence)
        self.assertIn("IpExtInCsumErrors rose by 5", answer.evidence)

    def test_what_came_with_a_wrong_checksum_the_host_itself_dropped(self):
        lab = self.lab_with_accounting()
        comparison = self.compare(lab)
        self.send_damaged(lab, 5)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"dropped-before-conntrack": 5}, answer.evidence)
        self.assertEqual(answer.certainties, {False}, answer.evidence)
        self.assertIn("IpExtInCsumErrors rose by 5", answer.evidence)
