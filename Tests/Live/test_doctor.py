"""What `nfmon doctor` finds: each fault in turn, the command that it names for it, and its silence afterwards."""

import contextlib
import json
import os
import re
import shutil

import cleanup
from case import LiveTest
from nfmon import MISUSE, NFMON, SESSION_FORMATS, finish
from processes import run

# A process that takes an NFLOG group (NFULNL_CFG_CMD_BIND), or listens to conntrack and demands every event.
TAKE_GROUP = """
import socket, struct, sys, time
group = int(sys.argv[1])
near = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
near.bind((0, 0))
near.send(struct.pack("=IHHIIBBHHHB3x", 28, 4 << 8 | 1, 5, 1, 0, 0, 0, socket.htons(group), 5, 1, 1))
assert struct.unpack_from("=i", near.recv(4096), 16)[0] == 0
print("ready", file=sys.stderr, flush=True)
time.sleep(600)
"""
LISTEN = """
import socket, sys, time
near = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
near.bind((0, 0))
near.setsockopt(270, 1, 3)
near.setsockopt(270, 4, int(sys.argv[1]))
print("ready", file=sys.stderr, flush=True)
time.sleep(600)
"""


class Doctor(LiveTest):
    def sound_lab(self):
        """A lab whose firewall has nothing for the doctor to find: it logs to group 100 and counts."""
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=1)
        return lab

    def examine(self, lab, *words):
        """What the doctor says of the firewall, and the exit status."""
        result = finish("doctor", "--netns", lab.namespace, "--interval", "100ms", "-o", "json", *words)
        document = json.loads(result.stdout)
        expected = 2 if document["unlooked"] else 1 if document["findings"] else 0
        self.assertEqual(result.returncode, expected, result.stderr)
        self.assertEqual(document["sound"], result.returncode == 0)
        return document

    def assert_sound(self, lab, *words):
        document = self.examine(lab, *words)
        self.assertEqual((document["findings"], document["unlooked"]), ([], []))

    def assert_found(self, lab, name, *words):
        """Exactly this is found; the finding."""
        document = self.examine(lab, *words)
        self.assertEqual([finding["id"] for finding in document["findings"]], [name], document)
        self.assertEqual(document["unlooked"], [])
        return document["findings"][0]

    def assert_mended(self, lab, name, *words, ends=None):
        """Exactly this is found, the command is run as it stands, and nothing is found any more.

        `ends`: a program that the command ends.
        """
        finding = self.assert_found(lab, name, *words)
        line = finish("doctor", "--netns", lab.namespace, "--interval", "100ms", "-o", "compact", *words).stdout
        self.assertEqual(line, f"{name}: {finding['what']}: {finding['command']}\n", "people see the same command")
        run("sh", "-c", finding["command"])
        if ends:
            ends.wait()
        self.assert_sound(lab, *words)
        return finding

    @property
    def without_nft(self):
        """For a shell inside: hides nft. "ip netns exec" has mounts of its own, which go with it."""
        return f"mount --bind /dev/null {os.path.realpath(shutil.which('nft'))}; "

    def inside(self, lab, before="", status=None):
        """What the doctor says where it is started inside, after some words for the shell."""
        result = lab.inside("sh", "-c", f"{before}{NFMON} doctor --interval 100ms -o json", check=False)
        if status is not None:
            self.assertEqual(result.returncode, status, result.stderr)
        return json.loads(result.stdout)

    def python(self, lab, code, *words):
        program = self.program(["ip", "netns", "exec", lab.namespace, "python3", "-c", code, *map(str, words)])
        program.until_said("ready")
        return program

    # ---- Soundness ------------------------------------------------------------------------------------------------------

    def test_of_a_sound_host_it_says_in_every_format_that_there_is_nothing(self):
        lab = self.sound_lab()
        self.assert_sound(lab)
        for form in SESSION_FORMATS:
            result = finish("doctor", "--netns", lab.namespace, "--interval", "100ms", "-o", form)
            self.assertEqual(result.returncode, 0, result.stderr)
            if form in ("table", "compact", "ndjson", "csv"):
                said = result.stdout if form == "table" else result.stderr
                self.assertRegex(said, "(?m)^(nfmon: )?nothing found; looked at settings, table, ")
            self.assertNotIn("finding,", result.stdout)
        self.assertEqual(result.stdout.splitlines()[0], "kind,id,what,command,advice")

    def test_it_changes_nothing(self):
        lab = self.sound_lab()
        see = (
            "iptables-save; ip6tables-save; nft -a list ruleset; cat /proc/net/ip_tables_names /proc/net/ip6_tables_names"
            " /proc/net/netfilter/nfnetlink_log /proc/net/netfilter/nf_log; sysctl net.netfilter 2>/dev/null"
        )

        def seen():
            return re.sub(r"\[\d+:\d+\]|packets \d+ bytes \d+|^#.*$", "", lab.inside("sh", "-c", see).stdout, flags=re.MULTILINE)

        before = seen()
        self.examine(lab)
        self.assertEqual(seen(), before)

    # ---- Conntrack ------------------------------------------------------------------------------------------------------

    def test_settings_that_are_off(self):
        lab = self.sound_lab()
        for name, setting in (
            ("accounting-off", {"nf_conntrack_acct": 0}), ("timestamps-off", {"nf_conntrack_timestamp": 0}),
            ("events-off", {"nf_conntrack_events": 0}),
        ):
            with self.subTest(name):
                lab.sysctl(**setting)
                self.assert_mended(lab, name)
        lab.sysctl(nf_conntrack_events=1)
        self.assert_sound(lab)
        lab.sysctl(nf_conntrack_events=0, nf_conntrack_acct=0)
        self.assert_sound(lab, "--no-conntrack")

    def test_a_table_that_is_nearly_full(self):
        lab = self.sound_lab()
        with restored("net.netfilter.nf_conntrack_max") as limit:
            lab.fill(limit * 81 // 100, 1, 600)
            finding = self.assert_mended(lab, "table-full")
            self.assertIn(f"of {limit:,} entries", finding["what"])
            run("sysctl", "-qw", f"net.netfilter.nf_conntrack_max={limit}")
            # The namespace itself cannot set what is the whole host's.
            [inside] = self.inside(lab)["findings"]
            self.assertEqual(inside["advice"], f"on the host itself: {finding['command']}")

    def test_a_namespace_in_which_nothing_is_tracked(self):
        for hides_nft in False, True:
            lab = self.sound_lab()
            for family in "iptables", "ip6tables":
                for table in "filter", "nat":
                    lab.inside(family, "-t", table, "-F")
            lab.flush()
            lab.log("new", "-p", "udp")
            before = self.without_nft if hides_nft else ""
            [finding] = self.inside(lab, before)["findings"]
            self.assertEqual(finding["id"], "untracked")
            lab.inside("sh", "-c", finding["command"])
            self.assertTrue(self.inside(lab, before)["sound"])

    def test_sessions_that_find_no_port_to_be_translated_to(self):
        lab = self.sound_lab()
        lab.inside("iptables", "-t", "nat", "-F", "POSTROUTING")
        lab.inside(
            "iptables", "-t", "nat", "-A", "POSTROUTING", "-p", "udp", "-j", "SNAT", "--to-source", "192.0.2.1:1024",
        )
        lab.datagrams(1, first_source_port=7000)
        doctor = self.program([NFMON, "doctor", "--netns", lab.namespace, "--interval", "60s", "-o", "json"])
        self.until(lambda: any(int(row["Groups"], 16) == 7 for row in lab.netlink_sockets()), "it looks")
        lab.datagrams(3, first_source_port=7001)
        self.assertEqual(doctor.stop(), 1, "Ctrl-C ends the look, and what was found is told")
        findings = json.loads(doctor.output)["findings"]
        self.assertEqual([finding["id"] for finding in findings], ["insert-failed"], findings)
        finding = findings[0]
        self.assertIn("dropped 3 packets", finding["what"])
        # What was before the look nobody can mend: it is told, and no finding.
        document = self.examine(lab)
        self.assertTrue(document["sound"])
        [fact] = [fact["what"] for fact in document["looked_at"] if fact["id"] == "failures"]
        self.assertIn("3 not inserted", fact)

    def test_a_receive_buffer_that_a_seconds_events_overrun(self):
        lab = self.sound_lab()

        def look(buffer):
            doctor = self.program(
                [NFMON, "doctor", "--netns", lab.namespace, "--interval", "60s", "-o", "json", "--conntrack-buffer", buffer]
            )
            self.until(lambda: any(int(row["Groups"], 16) == 7 for row in lab.netlink_sockets()), "it looks")
            lab.datagrams(400, first_source_port=10_000)
            lab.flush()
            doctor.stop()
            return json.loads(doctor.output)["findings"]

        [finding] = look("64K")
        self.assertEqual(finding["id"], "receive-buffer")
        buffer = finding["advice"].split()[-1]
        for _ in range(8):  # it cannot know how many it did not see
            findings = look(buffer)
            if not findings:
                break
            buffer = findings[0]["advice"].split()[-1]
        self.assertEqual(findings, [])

    def test_another_listener_for_whose_sake_the_kernel_waits(self):
        lab = self.sound_lab()
        self.python(lab, LISTEN, 0)
        self.assert_sound(lab)
        listener = self.python(lab, LISTEN, 1)
        finding = self.assert_mended(lab, "reliable-listener", ends=listener)
        self.assertIn("(python3)", finding["what"])

    # ---- NFLOG ----------------------------------------------------------------------------------------------------------

    def test_a_group_that_somebody_else_has(self):
        lab = self.sound_lab()
        owner = self.python(lab, TAKE_GROUP, 100)
        finding = self.assert_mended(lab, "group-taken", ends=owner)
        self.assertIn("(python3)", finding["what"])

    def test_a_group_of_nfmons_that_no_rule_feeds(self):
        for words, undo in (
            (("--group", "100", "--group", "3"), ()),
            ((), ("iptables -F SSH", "ip6tables -F SSH")),
        ):
            lab = self.sound_lab()
            for command in undo:
                lab.inside(*command.split())
            self.assert_mended(lab, "group-unfed", *words)
            self.assert_sound(lab, *words)

    def test_a_rule_whose_group_nobody_reads(self):
        for command, *rule in (
            ("iptables", "-A", "INPUT", "-p", "udp", "-j", "NFLOG", "--nflog-group", "5"),
            ("ip6tables", "-A", "INPUT", "-j", "NFLOG", "--nflog-group", "5", "--nflog-prefix", "$(exit 1) 'x' \"y\""),
            ("iptables-legacy", "-A", "INPUT", "-j", "NFLOG", "--nflog-prefix", "it's `x` \"$y\"", "--nflog-group", "9"),
            ("ip6tables-legacy", "-t", "mangle", "-A", "FORWARD", "-j", "NFLOG"),
            ("nft", 'add table inet t; add chain inet t c; add rule inet t c log prefix "a; b" group 65535'),
        ):
            with self.subTest(command):
                lab = self.sound_lab()
                lab.inside(command, *rule)
                self.assert_mended(lab, "group-unread")

    def test_a_rule_that_also_decides_is_never_to_be_deleted(self):
        for rule in (
            'tcp dport 445 log group 9 prefix "drop:smb" drop', "tcp dport 22 jump { log group 9; drop; }",
            "log group 9 meta mark set 5", "log group 9 log prefix to-syslog",
        ):
            with self.subTest(rule):
                lab = self.sound_lab()
                chain = "type filter hook input priority 0; policy accept;"
                lab.inside("nft", f"table inet guard {{ chain in {{ {chain} {rule}; }}; }}")
                finding = self.assert_found(lab, "group-unread")
                self.assertNotIn("command", finding)
                [place] = re.findall("inet guard in handle [0-9]+", finding["advice"])
                listing = lab.inside("nft", "-a", "list", "chain", "inet", "guard", "in").stdout
                self.assertIn(place.removeprefix("inet guard in "), listing, "it is the rule that nft lists")
                self.assertIn("--group 9", finding["advice"])
                self.assert_sound(lab, "--group", "100", "--group", "9")
                # What is named can be replaced as the advice says.
                lab.inside("nft", f"replace rule {place} tcp dport 445 drop")
                self.assert_sound(lab)

    def test_without_nft_the_iptables_tools_are_asked(self):
        for command in "iptables", "ip6tables-legacy":
            lab = self.sound_lab()
            lab.inside(command, "-A", "INPUT", "-j", "NFLOG", "--nflog-prefix", "it's", "--nflog-group", "5")
            [finding] = self.inside(lab, self.without_nft)["findings"]
            self.assertEqual(finding["id"], "group-unread")
            self.assertRegex(finding["command"], "^ip6?tables-(nft|legacy) ")
            lab.inside("sh", "-c", finding["command"])
            self.assertTrue(self.inside(lab, self.without_nft)["sound"])

    def test_an_nfmon_that_reads_its_group_is_no_fault(self):
        lab = self.sound_lab()
        # A group that no rule feeds is its own affair, too.
        self.closing(lab.events("--reliable", "--group", "100", "--group", "7"))
        self.assert_sound(lab)
        result = finish("doctor", "--netns", lab.namespace, "--interval", "100ms")
        self.assertRegex(result.stdout, r"(?m)^note: .*NFLOG group 100 is read by process \d+ \(nfmon\)")

    def test_an_nfmon_by_another_name_is_known(self):
        lab = self.sound_lab()
        copy, other = self.directory() / "nfmon", self.directory() / "watcher"
        shutil.copy(NFMON, copy)
        os.symlink(copy, other)
        program = self.program(["ip", "netns", "exec", lab.namespace, other, "events"])
        self.until(lambda: "100" in lab.inside("cat", "/proc/net/netfilter/nfnetlink_log").stdout.split(), "it reads")
        self.assert_sound(lab)
        program.stop()

    def test_a_group_is_fine_if_somebody_reads_it_or_nfmon_will(self):
        lab = self.sound_lab()
        lab.log("elsewhere", group=7)
        self.assert_sound(lab, "--group", "100", "--group", "7")
        self.python(lab, TAKE_GROUP, 7)
        self.assert_sound(lab)
        self.assert_sound(lab, "--no-nflog")

    def test_a_group_that_is_read_and_that_no_rule_feeds(self):
        lab = self.sound_lab()
        self.assert_mended(lab, "group-idle", ends=self.python(lab, TAKE_GROUP, 7))

    # ---- Flowtables -----------------------------------------------------------------------------------------------------

    def test_a_flowtable_that_does_not_count(self):
        """By a stand-in for nft, as not every kernel has flowtables; the real one reads the command that comes of it."""
        lab = self.sound_lab()
        directory = self.directory()
        real, nft, copy, marks = shutil.which("nft"), directory / "nft", directory / "real", directory / "mended"
        with open(nft, "w", encoding="ascii") as script:
            script.write(
                f"""#!/bin/sh
                if [ "$1" = -a ]; then
                    {copy} "$@"
                    printf 'table inet fw {{\\n\\tflowtable ft {{ # handle 7\\n\\t\\thook ingress priority filter\\n'
                    printf '\\t\\tdevices = {{ lan0, wan0 }}\\n'
                    [ ! -e {marks} ] || printf '\\t\\tcounter\\n'
                    printf '\\t}}\\n}}\\n'
                else
                    printf '%s\\n' "$*" >{marks}
                fi
                """
            )
        os.chmod(nft, 0o755)
        shutil.copy(real, copy)
        before = f"mount --bind {nft} {os.path.realpath(real)}; "
        findings = self.inside(lab, before)["findings"]
        self.assertEqual([finding["id"] for finding in findings], ["offload-uncounted"], findings)
        finding = findings[0]
        refused = lab.inside("sh", "-c", finding["command"], check=False).stderr
        self.assertNotIn("syntax error", refused)
        lab.inside("sh", "-c", before + finding["command"])
        with open(marks, encoding="ascii") as mark:
            self.assertEqual(
                mark.read(),
                "add flowtable inet fw ft { hook ingress priority filter; devices = { lan0, wan0 }; counter; }\n",
            )
        self.assertTrue(self.inside(lab, before)["sound"])

    # ---- What cannot be looked at ---------------------------------------------------------------------------------------

    def test_without_privilege_it_tells_what_it_could_not_look_at(self):
        lab = self.sound_lab()
        lab.sysctl(nf_conntrack_acct=0)
        # Where the build lies, nobody may not be allowed to look.
        directory = self.directory()
        os.chmod(directory.path, 0o755)
        shutil.copy(NFMON, directory / "nfmon")
        nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", directory / "nfmon", "doctor")
        result = lab.inside(*nobody, "--interval", "100ms", check=False)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertRegex(result.stdout, "(?m)^no-privilege  .*setcap cap_net_admin")
        self.assertRegex(result.stdout, "(?m)^accounting-off  ", "what can be seen is told")
        for what in "the firewall's rules", "who reads which NFLOG group", "conntrack's events":
            self.assertRegex(result.stdout, f"(?m)^could not look at {what}: .*: run nfmon doctor as root$")
        self.assertIn("not everything was looked at", result.stdout)
        result = lab.inside(*nobody, "--netns", lab.namespace, check=False, role="client")
        self.assertEqual(result.returncode, 2)
        self.assertIn(f"enter network namespace {lab.namespace}", result.stderr)

    def test_a_namespace_that_is_not_there_cannot_be_looked_at(self):
        result = finish("doctor", "--netns", "nfmon-live-none")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("there is none", result.stderr)

    def test_a_tool_that_fails_is_told_and_nothing_is_guessed_about_the_rules(self):
        lab = self.sound_lab()
        lab.log("elsewhere", group=7)
        # Which no other tool knows: that it stays unknown is the same news, and nft is there.
        lab.inside("nft", "table inet other { chain c { type filter hook forward priority 10; }; }")
        nft = os.path.realpath(shutil.which("nft"))
        for script, reason in (
            ("echo 'nft: out of luck' >&2; exit 1", "out of luck"), ("exec yes", "it did not come to an end"),
        ):
            failing = self.directory() / "nft"
            with open(failing, "w", encoding="ascii") as file:
                file.write(f"#!/bin/sh\n{script}\n")
            os.chmod(failing, 0o755)
            document = self.inside(lab, f"mount --bind {failing} {nft}; ", status=2)
            self.assertEqual(document["findings"], [])
            [part] = document["unlooked"]
            self.assertEqual(part["what"], "the firewall's rules")
            self.assertIn("run nft", part["reason"])
            self.assertIn(reason, part["reason"])

    def test_a_receive_buffer_that_is_not_granted_is_noted(self):
        """Root of a user namespace may join conntrack's groups, but not go beyond net.core.rmem_max."""
        result = run("unshare", "-Urn", NFMON, "doctor", "--interval", "100ms", check=False)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertRegex(result.stdout, "(?m)^note: .* asked for were 64MiB, but net.core.rmem_max is the limit$")

    def test_options_that_would_change_nothing_are_refused(self):
        for words in ("--reliable",), ("--nflog-buffer", "1M"), ("--interval", "0"), ("--group", "70000"):
            self.assertEqual(finish("doctor", *words).returncode, MISUSE, words)


@contextlib.contextmanager
def restored(name):
    """A setting of the whole host, put back afterwards; its value."""

    class Setting:
        value = int(run("sysctl", "-n", name).stdout)

        def close(self):
            run("sysctl", "-qw", f"{name}={self.value}")

    setting = cleanup.register(Setting())
    try:
        yield setting.value
    finally:
        cleanup.forget(setting)
        setting.close()
