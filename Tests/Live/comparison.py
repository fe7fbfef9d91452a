"""`nfmon compare` in a lab, and what it answers."""

import json
import socket
import threading

from case import LiveTest
from nfmon import Monitor

WORDS = "-i", "lan0", "-i", "wan0", "-o", "json"


class Comparison(Monitor):
    """nfmon compare in a lab's firewall; its answer once it was stopped."""

    def __init__(self, lab, *words, netns=True):
        place = ("--netns", lab.namespace) if netns else ()
        super().__init__("compare", *place, *(words or WORDS))
        self.until_said("comparing: ")

    def answer(self):
        status = self.stop()
        if status != 0:
            raise AssertionError(self.talk)
        return Answer(json.loads(b"".join(self.lines())))


class Answer:
    def __init__(self, document):
        self.summary = document["summary"]
        self.sessions = document["sessions"]
        self.reasons = {name: entry["packets"] for name, entry in self.summary["reasons"].items()}

    def of(self, port):
        """The reasons of the sessions to this port, with their packets."""
        found = {}
        for entry in self.sessions:
            if entry["session"]["destination"].get("port") == port:
                for difference in entry["differences"]:
                    reason = difference["reason"]
                    found[reason] = found.get(reason, 0) + difference["packets"]
        return found

    @property
    def certainties(self):
        """Whether differences are certain: of each kind that there is."""
        return {difference["certain"] for entry in self.sessions for difference in entry["differences"]}

    @property
    def evidence(self):
        return "\n".join(
            sentence
            for entry in self.sessions
            for difference in entry["differences"]
            for sentence in difference["evidence"]
        )


class CompareTest(LiveTest):
    def lab_with_accounting(self):
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=1)
        return lab

    def lab_with_second_link(self, role, interface, near, far):
        """A lab whose firewall and one of its hosts have another link between them, on which they may take whatever comes."""
        lab = self.lab_with_accounting()
        other = "eth1", "netns", f"{lab.prefix}-{role}"
        lab.inside("ip", "link", "add", interface, "type", "veth", "peer", "name", *other)
        for place, name, address in ("firewall", interface, near), (role, "eth1", far):
            lab.inside("sysctl", "-qw", "net.ipv4.conf.all.rp_filter=0", f"net.ipv4.conf.{name}.rp_filter=0", role=place)
            lab.inside("ip", "address", "add", f"{address}/24", "dev", name, role=place)
            # As the lab's own links: a segment at a time.
            lab.inside("ip", "link", "set", name, "gso_max_segs", "1", "up", role=place)
        return lab

    def compare(self, lab, *words):
        return self.closing(Comparison(lab, *words))

    def while_packets_pass(self, lab, call):
        """Calls `call` while a datagram passes every half of a millisecond."""
        is_over = threading.Event()

        def flood():
            with lab.server.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
                sink.bind((lab.server.inet, 81))
                with lab.client.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
                    while not is_over.wait(0.0005):
                        near.sendto(b"and on", (lab.server.inet, 81))

        sender = threading.Thread(target=flood)
        sender.start()
        try:
            self.until(lambda: any(entry.up[0] > 200 for entry in lab.conntrack().values()), "packets pass")
            return call()
        finally:
            is_over.set()
            sender.join()
