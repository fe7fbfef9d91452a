"""What rules deny: retries, scans, and what gets through later."""

import json
import socket
import struct

from case import LiveTest
from nfmon import SESSION_FORMATS, finish


def syn(source, destination, source_port, port):
    """An IPv4 packet that opens a TCP connection. Nobody looks at TCP's checksum on the way to a rule."""
    tcp = struct.pack("!HHIIBBHHH", source_port, port, 1, 0, 5 << 4, 0x02, 1024, 0, 0)
    header = struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, socket.IPPROTO_TCP, 0,
        socket.inet_aton(source), socket.inet_aton(destination),
    )
    return header + tcp


class Denials(LiveTest):
    def deny(self, lab, prefix, *match):
        """A rule that logs and drops what the client sends."""
        lab.inside("iptables", "-I", "FORWARD", *match, "-j", "DROP")
        lab.log(prefix, *match)

    def knock(self, lab, port):
        """A connection that nobody lets through: its first packet, and no more."""
        with lab.client.socket(socket.AF_INET, socket.SOCK_STREAM) as near:
            near.setblocking(False)
            near.connect_ex((lab.server.inet, port))
            return near.getsockname()[1]

    def test_attempts_by_ssh_are_one_session_that_tells_what_got_through_later(self):
        lab = self.make_lab()
        monitor = self.closing(lab.events())
        ports = [self.knock(lab, 22) for _ in range(3)]
        self.assertEqual(len(set(ports)), 3)
        # Whoever may now: the same rule stays for everybody else.
        lab.inside("iptables", "-I", "FORWARD", "-s", lab.client.inet, "-p", "tcp", "--dport", "22", "-j", "ACCEPT")
        near, far, key = lab.connect(port=22)
        near.close()
        far.close()
        monitor.until_quiet()
        self.assert_ends_well(monitor)
        [denied] = monitor.about("session-denied")
        self.assertEqual(denied["source"]["port"], ports[0])
        self.assertEqual(denied["rule"]["name"], "ssh-bruteforce")
        [allowed] = monitor.by_key("session-start")[key]
        linked, *_ = [
            event for event in monitor.about("session-update")
            if "later" in event["nfmon"].get("denials", [{}])[0]
        ]
        self.assertEqual(linked["nfmon"]["session"], denied["nfmon"]["session"])
        self.assertNotIn("port", linked["source"], "it varies")
        [denial] = linked["nfmon"]["denials"]
        self.assertEqual((denial["verdict"], denial["rule"]), ("drop", "ssh-bruteforce"))
        self.assertEqual(denial["packets"], lab.logged_count("drop:ssh-bruteforce", chain="SSH"))
        self.assertEqual(denial["packets"], 3)
        self.assertLess(denial["first"], denial["last"])
        self.assertEqual(denial["later"]["session"], allowed["nfmon"]["session"])
        self.assertEqual(denial["later"]["start"], allowed["event"]["start"])

    def test_a_scan_of_sixty_thousand_ports_is_a_handful_of_sessions_in_every_format(self):
        lab = self.make_lab()
        self.deny(lab, "drop:scan", "-p", "tcp", "--dport", "1:60000", "-d", lab.server.inet)
        path = f"{self.directory().path}/scan.pcap"
        recorder = self.closing(lab.record(path))
        with lab.client.namespace:
            near = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        with near:
            for port in range(1, 60001):
                near.sendto(syn(lab.client.inet, lab.server.inet, port ^ 0x5555, port), (lab.server.inet, 0))
        self.assertEqual(lab.logged_count("drop:scan"), 60000)
        recorder.until_quiet()
        self.assert_ends_well(recorder)

        answer = json.loads(finish("sessions", "-r", path, "-o", "json", "dst", lab.server.inet).stdout)
        self.assertEqual(answer["summary"]["evicted"], 0)
        self.assertTrue(answer["summary"]["complete"])
        denials = [denial for session in answer["sessions"] for denial in session["nfmon"]["denials"]]
        self.assertEqual(len(denials), 17)
        self.assertEqual(sum(denial["packets"] for denial in denials), 60000)
        self.assertEqual({denial["rule"] for denial in denials}, {"scan"})
        [scan] = [session for session in answer["sessions"] if "port" not in session["destination"]]
        self.assertEqual(scan["nfmon"]["denials"][0]["ports"], {"from": 17, "to": 60000})
        for output in SESSION_FORMATS:
            text = finish("sessions", "-r", path, "-o", output).stdout
            self.assertLess(len(text.splitlines()), 40, output)
            self.assertIn("60000", text)
        # Who asks for the port that was tried last gets the scan; of a port between the ends nobody knows.
        for port, count, unjudged in (60000, 1, 0), (5, 1, 0), (30000, 0, 1), (60001, 0, 0):
            words = ("sessions", "-r", path, "-o", "json", "dst", lab.server.inet, "and", "dport", str(port))
            answer = json.loads(finish(*words).stdout)
            self.assertEqual((answer["summary"]["sessions"], answer["summary"]["unjudged"]), (count, unjudged), port)

    def test_a_packet_that_is_dropped_within_a_session_is_told_of_that_session(self):
        lab = self.make_lab("new")
        monitor = self.closing(lab.events())
        near, far, key = lab.connect()
        self.until(lambda: key in monitor.by_key("session-start"), "the session begins")
        self.deny(lab, "drop:late", "-p", "tcp", "--dport", "443")
        near.sendall(b"nobody gets this")
        self.until(lambda: monitor.about("session-denied"), "the packet is dropped")
        self.assertEqual(monitor.stop(), 0)
        near.close()
        far.close()
        [event] = monitor.about("session-denied")
        self.assertEqual(event["nfmon"]["session"], monitor.by_key("session-start")[key][0]["nfmon"]["session"])
        self.assertEqual(event["nfmon"]["denials"][0]["rule"], "late")
