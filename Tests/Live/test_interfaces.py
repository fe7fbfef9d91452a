"""Interfaces have their names of the time, whatever becomes of them while a session lives."""

import socket

from case import LiveTest
from lab import traffic
from session import interfaces


class Interfaces(LiveTest):
    def make_logging_lab(self):
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=1)
        for command in "iptables", "ip6tables":
            lab.log("all", "-p", "tcp", command=command)
        return lab

    def talk(self, near, far):
        """Bytes in both directions."""
        for sender, receiver in (near, far), (far, near):
            sender.sendall(b"x")
            traffic.exactly(receiver, 1)

    def told(self, monitor, key, *actions):
        return [interfaces(event) for event in monitor.by_key(*actions).get(key, ())]

    def connect(self, lab, monitor, port, family=socket.AF_INET):
        near, far, key = lab.connect(port, family)
        self.closing(near), self.closing(far)
        monitor.until_quiet()
        return near, far, key

    def renew(self, lab, name, index):
        """Takes the server's cable away and puts in another, of which the firewall's end has this name and index."""
        lab.inside("ip", "link", "delete", "wan0")
        lab.inside(
            "ip", "link", "add", name, "index", str(index), "type", "veth",
            "peer", "name", "eth0", "netns", f"{lab.prefix}-server",
        )
        for role, interface, host in ("firewall", name, 1), ("server", "eth0", 9):
            lab.inside("ip", "address", "add", f"192.0.2.{host}/24", "dev", interface, role=role)
            lab.inside("ip", "link", "set", interface, "gso_max_segs", "1", "up", role=role)
        # The rule that translates is of the old one; what it translated before stays translated.
        lab.inside("iptables", "-A", "FORWARD", "-i", "lan0", "-o", name, "-j", "ACCEPT")
        lab.inside("iptables", "-t", "nat", "-A", "POSTROUTING", "-o", name, "-j", "SNAT", "--to-source", "192.0.2.1")

    def test_a_session_follows_the_rename_of_its_interface(self):
        lab = self.make_logging_lab()
        monitor = self.closing(lab.events())
        for family, word in (socket.AF_INET, "ipv4"), (socket.AF_INET6, "ipv6"):
            _, _, ended = self.connect(lab, monitor, 993, family)
            near, far, key = self.connect(lab, monitor, 443, family)
            lab.delete("-p", "tcp", "--dport", "993", "-f", word)
            self.until(lambda one=ended: self.told(monitor, one, "session-end"), "one ends before")
            self.assertEqual(self.told(monitor, key, "session-start", "session-update")[-1], ("lan0", "wan0"))
            lab.inside("ip", "link", "set", "wan0", "name", "uplink")
            self.talk(near, far)
            monitor.until_quiet()
            lab.delete("-p", "tcp", "--dport", "443", "-f", word)
            self.until(lambda one=key: self.told(monitor, one, "session-end"), "the other ends after")
            lab.inside("ip", "link", "set", "uplink", "name", "wan0")
            self.assertEqual(self.told(monitor, ended, "session-end"), [("lan0", "wan0")])
            self.assertEqual(self.told(monitor, key, "session-end"), [("lan0", "uplink")])
        self.assert_ends_well(monitor)

    def test_an_interface_that_goes_keeps_its_name_where_it_was_seen_and_the_next_one_has_its_own(self):
        for index in 77, 12:  # another one, and the same again
            with self.subTest(index=index):
                lab = self.make_logging_lab()
                monitor = self.closing(lab.events())
                idle, active = (self.connect(lab, monitor, port) for port in (993, 443))
                self.renew(lab, "wan1", index)
                self.talk(*active[:2])
                later = self.connect(lab, monitor, 587)
                lab.flush()
                self.until(lambda one=monitor: len(one.about("session-end")) == 3, "all end")
                self.assert_ends_well(monitor)
                for key, way in (idle[2], ("lan0", "wan0")), (active[2], ("lan0", "wan1")), (later[2], ("lan0", "wan1")):
                    self.assertEqual(self.told(monitor, key, "session-end"), [way], key)

    def test_an_interface_made_anew_with_its_old_name_is_the_same_to_those_who_read(self):
        lab = self.make_logging_lab()
        monitor = self.closing(lab.events())
        near, far, key = self.connect(lab, monitor, 443)
        self.renew(lab, "wan0", 77)
        self.talk(near, far)
        monitor.until_quiet()
        lab.flush()
        self.until(lambda: monitor.about("session-end"), "it ends")
        self.assert_ends_well(monitor)
        self.assertEqual(self.told(monitor, key, "session-end"), [("lan0", "wan0")])
