"""Text from outside: whoever names an interface, a rule or a process writes into the operator's terminal, if he is let."""

import os
import subprocess
import sys

from case import LiveTest
from formats import check_terminal, validate
from nfmon import EVENT_FORMATS, NFMON, SESSION_FORMATS, UNAVAILABLE, finish
from service import Speaker
from session import interfaces

# A title, a colour, C1's CSI in raw and in UTF-8, right-to-left override, CSV's and JSON's own characters.
PREFIX = b"drop:\x1b]0;x\x07\x1b[31m\x9b1m\xc2\x9b2J\xe2\x80\xae\",\\'=\x08\x7f"
# 15 bytes at most, no space, slash or colon.
INTERFACE = b"\x1b[31m\x07\",\\\x9b\xe2\x80\xae"
# As JSON has it: what is no UTF-8 is U+FFFD there.
RULE_TEXT = PREFIX.removeprefix(b"drop:").decode(errors="replace")
INTERFACE_TEXT = INTERFACE.decode(errors="replace")

HOLD_GROUP = """
import ctypes, os, socket, struct, sys, time
libc = ctypes.CDLL(None)
libc.prctl(15, b"\\x1b[31m\\x07evil\\x9b", 0, 0, 0)  # PR_SET_NAME
holder = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
holder.bind((os.getpid(), 0))
attribute = struct.pack("=HHBxxx", 5, 1, 1)  # NFULA_CFG_CMD: bind
message = struct.pack("=BBH", 0, 0, socket.htons(int(sys.argv[1]))) + attribute
holder.send(struct.pack("=IHHII", 16 + len(message), 4 << 8 | 1, 5, 1, 0) + message)
assert struct.unpack_from("=i", holder.recv(4096), 16)[0] == 0
print("held", flush=True)
time.sleep(600)
"""


class HostileText(LiveTest):
    def hostile_lab(self):
        """A lab in which the interface to the client and the rule that sees its packets have such names."""
        lab = self.make_lab()
        firewall = lab.namespace.encode()
        subprocess.run([b"ip", b"-n", firewall, b"link", b"set", b"lan0", b"down"], check=True)
        subprocess.run([b"ip", b"-n", firewall, b"link", b"set", b"lan0", b"name", INTERFACE], check=True)
        subprocess.run([b"ip", b"-n", firewall, b"link", b"set", INTERFACE, b"up"], check=True)
        # The lab's own rules know the interface by its old name.
        lab.inside("iptables", "-I", "FORWARD", "-j", "ACCEPT")
        subprocess.run(
            [b"ip", b"netns", b"exec", firewall, b"iptables", b"-I", b"FORWARD", b"-p", b"udp", b"-j", b"NFLOG",
             b"--nflog-group", b"100", b"--nflog-prefix", PREFIX], check=True,
        )
        return lab

    def output(self, *words):
        result = subprocess.run([NFMON, *words], capture_output=True, timeout=30)
        self.assertEqual(result.returncode, 0, result.stderr)
        check_terminal(result.stderr)
        return result.stdout

    def test_names_of_rules_and_interfaces_steer_no_terminal_and_break_no_format(self):
        lab = self.hostile_lab()
        savefile = self.directory() / "savefile"
        monitor = self.closing(lab.events("-w", savefile))
        lab.datagrams(3)
        self.until(lambda: monitor.about("session-denied"), "the packet is seen")
        lab.flush()
        self.until(lambda: monitor.about("session-end"), "the session ends")
        self.assert_ends_well(monitor)
        check_terminal(monitor.talk.encode())
        validate(monitor.output, "ndjson")
        for event in monitor.about("session-denied", "session-end"):
            self.assertEqual(event["nfmon"]["denials"][0]["rule"], RULE_TEXT)
            self.assertEqual(interfaces(event), (INTERFACE_TEXT, "wan0"))
        for command, formats in ("events", EVENT_FORMATS), ("sessions", SESSION_FORMATS):
            for format_ in formats:
                with self.subTest(command, format=format_):
                    records = validate(self.output(command, "-r", savefile, "-o", format_), format_)
                    self.assertIn("31m", str(records), "the names are shown, not left out")
                    if format_ == "csv":
                        self.assertIn(r"\x1b[31m\x07", str(records).replace(r"\\", "\\"))
                    if command == "sessions" and format_ in ("json", "ndjson"):
                        self.assertEqual(records[0]["nfmon"]["denials"][0]["rule"], RULE_TEXT)

    def test_nothing_steers_a_real_terminal_either(self):
        lab = self.hostile_lab()
        monitor = self.closing(lab.record(self.directory() / "savefile"))
        lab.datagrams(3)
        monitor.until_quiet()
        self.assert_ends_well(monitor)
        savefile = monitor.process.args[-1]
        for words in ("sessions",), ("sessions", "-o", "compact"), ("events", "-o", "compact"):
            with self.subTest(words):
                check_terminal(self.through_terminal(*words, "-r", savefile).replace(b"\r\n", b"\n"))

    def through_terminal(self, *words):
        """What a command writes to a terminal."""
        leader, follower = os.openpty()
        try:
            subprocess.run([NFMON, *words], stdout=follower, stderr=follower, timeout=30, check=True)
            os.close(follower)
            text = b""
            while True:
                try:
                    text += os.read(leader, 65536)
                except OSError:  # the other end is closed and all is read
                    return text
        finally:
            os.close(leader)

    def test_the_name_of_a_process_that_holds_the_group_steers_no_terminal(self):
        lab = self.make_lab()
        holder = self.program(["ip", "netns", "exec", lab.namespace, sys.executable, "-c", HOLD_GROUP, "100"])
        self.until(holder.lines, "the group is held")
        result = subprocess.run(
            [NFMON, "events", "--netns", lab.namespace, "--group", "100"], capture_output=True, timeout=10
        )
        self.assertEqual(result.returncode, UNAVAILABLE)
        text = check_terminal(result.stderr)
        self.assertIn(f"process {holder.process.pid}", text)
        self.assertIn("evil", text)

    def test_names_of_files_and_namespaces_steer_no_terminal(self):
        """Nobody types these, but a shell that completes names does."""
        for words in (
            ("sessions", "-r", "/\x1b[31m\x07"), ("sessions", "--netns", "\x1b[31m\x9b"), ("record", "/nowhere/\x1b[31m"),
        ):
            with self.subTest(words):
                result = finish(*words)
                self.assertNotEqual(result.returncode, 0)
                check_terminal(result.stderr.encode("utf-8", "surrogateescape"))

    def test_what_a_monitor_says_steers_no_terminal(self):
        path = self.directory() / "other.sock"
        # What it has escaped stays as it is; what it has not is escaped here.
        line = b"NFLOG group 7: \\x1b[31m \xc2\x9b2J\xe2\x80\xae"
        self.closing(Speaker(path, (
            b"HTTP/1.1 200 OK\r\nserver: nfmon/0\r\nnfmon-sources: up\r\nnfmon-summary: " + line
            + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")))
        for command in "sessions", "status":
            result = finish(command, "-o", "csv", "--socket", path)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(result.stderr, "NFLOG group 7: \\x1b[31m \\u{9b}2J\\u{202e}\n")
