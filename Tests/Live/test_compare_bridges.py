"""`nfmon compare` on a firewall that is a bridge, or has interfaces on top of others: frames that are for other addresses are its own."""

import socket

from comparison import CompareTest

BRIDGED = "10.9.0.7", "10.9.0.9"


class CompareBridges(CompareTest):
    def open_lab(self):
        """The lab's rules name lan0, and let in what comes by it."""
        lab = self.lab_with_accounting()
        for chain in "INPUT", "FORWARD":
            lab.inside("iptables", "-P", chain, "ACCEPT")
        return lab

    def bridge(self, *ports):
        """A firewall of which these interfaces are ports of br0."""
        lab = self.open_lab()
        lab.inside("ip", "link", "add", "br0", "type", "bridge")
        # Of a bridge that has an address of its own no port has the same.
        lab.inside("ip", "link", "set", "br0", "address", "02:00:00:00:00:99", "up")
        for port in ports:
            lab.inside("ip", "link", "set", port, "master", "br0")
        return lab

    def bridge_both(self, calls):
        """Client and server on one network, with the firewall as the bridge between them."""
        lab = self.bridge("lan0", "wan0")
        for role, address in zip(("client", "server"), BRIDGED):
            lab.inside("ip", "addr", "add", f"{address}/24", "dev", "eth0", role=role)
        # Without br_netfilter there is no such setting, and a bridge calls nobody.
        setting = lab.inside("sysctl", "-qw", f"net.bridge.bridge-nf-call-iptables={calls}", check=False)
        if calls and setting.returncode != 0:
            self.skipTest("the kernel has no br_netfilter")
        # The bridge learns its ports, and the hosts each other.
        self.wait_for_way(lab, BRIDGED[1])
        lab.flush()
        return lab

    def wait_for_way(self, lab, address):
        """Until the hosts have found each other, and the bridge its ports."""
        with lab.server.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
            far.bind((address, 99))
            far.settimeout(0.3)

            def arrives():
                self.send(lab, 1, address, 99)
                try:
                    return far.recv(100)
                except TimeoutError:
                    return b""

            self.until(arrives, f"packets come to {address}")

    def send(self, lab, count, to, port):
        with lab.client.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
            for _ in range(count):
                near.sendto(b"hello", (to, port))

    def test_what_a_bridge_forwards_past_conntrack_is_told_as_that(self):
        lab = self.bridge_both(0)
        # The rule means none of them, whatever else it counts.
        lab.inside("nft", "add table ip t; add chain ip t c { type filter hook forward priority 0; }; "
                   "add rule ip t c udp dport 53 counter drop")
        comparison = self.compare(lab)
        self.send(lab, 5, BRIDGED[1], 53)
        answer = comparison.answer()
        self.assertEqual(answer.of(53), {"untracked": 5}, answer.evidence)
        self.assertIn("are ports of the bridge br0", answer.evidence)
        self.assertEqual(answer.summary["foreign_frames"], 0)

    def test_what_a_bridges_own_rules_drop_is_told_by_them(self):
        lab = self.bridge_both(0)
        lab.inside("nft", "add table bridge t; add chain bridge t c { type filter hook forward priority 0; }; "
                   "add rule bridge t c udp dport 53 counter drop")
        comparison = self.compare(lab)
        self.send(lab, 5, BRIDGED[1], 53)
        answer = comparison.answer()
        self.assertEqual(sum(answer.of(53).values()), 5, answer.evidence)
        self.assertIn("its counter rose by 5", answer.evidence)
        self.assertNotIn("unexplained", answer.reasons)

    def test_what_a_bridge_shows_conntrack_is_the_same_to_all_lanes_and_its_drops_are_named(self):
        lab = self.bridge_both(1)
        lab.inside("nft", "add table inet t; add chain inet t c { type filter hook forward priority -5; }; "
                   "add rule inet t c ct state new counter; add rule inet t c udp dport 53 counter drop")
        comparison = self.compare(lab)
        self.send(lab, 5, BRIDGED[1], 53)
        self.send(lab, 7, BRIDGED[1], 54)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"denied": 5}, answer.evidence)

    def test_what_comes_in_by_a_bridges_port_for_the_host_is_compared(self):
        lab = self.bridge("lan0")
        for address in "10.0.0.1/24", "fd00:10::1/64":
            lab.inside("ip", "addr", "del", address, "dev", "lan0", check=False)
            lab.inside("ip", "addr", "add", address, "dev", "br0", "nodad")
        lab.inside("ip", "neigh", "flush", "all", role="client")
        self.wait_for_way(lab, lab.server.inet)
        lab.flush()
        for words in ("-i", "lan0", "-i", "wan0", "-o", "json"), ("-i", "any", "-o", "json"):
            with self.subTest(words=words):
                comparison = self.compare(lab, *words)
                lab.datagrams(5, port=82)
                answer = comparison.answer()
                self.assertEqual(answer.reasons, {}, answer.evidence)
                self.assertEqual(answer.summary["foreign_frames"], 0)
                lab.flush()
        lab.inside("iptables", "-I", "FORWARD", "-i", "br0", "-p", "udp", "--dport", "53", "-j", "DROP")
        comparison = self.compare(lab)
        self.send(lab, 5, lab.server.inet, 53)
        answer = comparison.answer()
        self.assertEqual(answer.of(53), {"denied": 5}, answer.evidence)

    def test_what_is_for_a_macvlan_on_top_of_an_interface_is_compared(self):
        lab = self.open_lab()
        lab.inside("ip", "link", "add", "vrrp0", "link", "lan0", "address", "00:00:5e:00:01:05", "type", "macvlan")
        lab.inside("ip", "addr", "add", "10.0.0.254/24", "dev", "vrrp0")
        lab.inside("ip", "link", "set", "vrrp0", "up")
        words = "10.0.0.254", "lladdr", "00:00:5e:00:01:05", "dev", "eth0"
        lab.inside("ip", "neighbour", "add", *words, role="client")
        lab.inside("ip", "route", "replace", "default", "via", "10.0.0.254", role="client")
        lab.inside("iptables", "-I", "FORWARD", "-i", "vrrp0", "-p", "udp", "--dport", "53", "-j", "DROP")
        for words in ("-i", "lan0", "-i", "wan0", "-o", "json"), ("-i", "any", "-o", "json"):
            with self.subTest(words=words):
                comparison = self.compare(lab, *words)
                self.send(lab, 5, "10.0.0.254", 83)
                self.send(lab, 5, lab.server.inet, 53)
                self.send(lab, 3, lab.server.inet, 54)
                answer = comparison.answer()
                self.assertEqual(answer.reasons, {"denied": 5}, answer.evidence)
                self.assertEqual(answer.summary["foreign_frames"], 0)
                lab.flush()
