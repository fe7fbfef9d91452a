"""A lab whose firewall translates at both ends in either family, and rules that log at every stage of it."""

# Where rules log: hook, priority, type of chain. Destinations are translated in PREROUTING and OUTPUT at -100, sources in
# POSTROUTING and INPUT at 100; a chain of type nat sees only the first packet of a connection.
PLACES = {
    "raw PREROUTING": ("prerouting", -300, "filter"),
    "mangle PREROUTING": ("prerouting", -150, "filter"),
    "nat PREROUTING": ("prerouting", -101, "nat"),
    "PREROUTING after DNAT": ("prerouting", -50, "filter"),
    "mangle INPUT": ("input", -150, "filter"),
    "filter INPUT": ("input", 0, "filter"),
    "nat INPUT": ("input", 99, "nat"),
    "INPUT after NAT": ("input", 150, "filter"),
    "mangle FORWARD": ("forward", -150, "filter"),
    "filter FORWARD": ("forward", 0, "filter"),
    "raw OUTPUT": ("output", -300, "filter"),
    "mangle OUTPUT": ("output", -150, "filter"),
    "nat OUTPUT": ("output", -101, "nat"),
    "filter OUTPUT": ("output", 0, "filter"),
    "mangle POSTROUTING": ("postrouting", -150, "filter"),
    "nat POSTROUTING": ("postrouting", 99, "nat"),
    "POSTROUTING after SNAT": ("postrouting", 150, "filter"),
}
FIRST_GROUP = 200

# Of either family: the client's network, the outer one, an address that the firewall translates, a network's length.
FAMILIES = ("10.0.0.", "192.0.2.", "198.51.100.9", 24), ("fd00:10::", "2001:db8:2::", "2001:db8:3::9", 64)


def add(lab):
    """Has the lab translate IPv6 like IPv4, and connections at either end or at both. Returns it."""
    lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=1)
    lab.inside("sysctl", "-qw", "net.ipv4.conf.all.send_redirects=0", "net.ipv4.conf.lan0.send_redirects=0")
    for lan, wan, elsewhere, length in FAMILIES:
        for rule in (
            f"POSTROUTING -o wan0 -s {lan}{'' if ':' in lan else '0'}/{length} -j SNAT --to-source {wan}1",
            f"POSTROUTING -o lan0 -s {lan}{'' if ':' in lan else '0'}/{length} -j SNAT --to-source {lan}1",
            f"PREROUTING -i wan0 -d {wan}1 -p tcp --dport 8080 -j DNAT --to-destination {at(lan + '7', 80)}",
            f"PREROUTING -i lan0 -d {wan}1 -p tcp --dport 8081 -j DNAT --to-destination {at(lan + '7', 81)}",
            f"PREROUTING -i lan0 -d {lan}1 -p tcp --dport 8443 -j DNAT --to-destination {at(lan + '1', 8444)}",
            f"OUTPUT -d {elsewhere} -p tcp --dport 443 -j DNAT --to-destination {at(wan + '9', 445)}",
        ):
            lab.inside(command(lan), "-t", "nat", "-A", *rule.split())
        lab.inside(command(lan), *"-A FORWARD -i lan0 -o lan0 -m conntrack --ctstate DNAT -j ACCEPT".split())
        lab.inside(command(lan), *"-A INPUT -i lan0 -p tcp --dport 8444 -j ACCEPT".split())
        lab.inside("ip", "route", "add", elsewhere, "via", wan + "9")
        for number in range(101, 126):
            for role, network in ("client", lan), ("server", wan):
                words = ("nodad",) if ":" in network else ()
                lab.inside("ip", "address", "add", f"{network}{number}/{length}", "dev", "eth0", *words, role=role)
    return lab


def log(lab, *matches):
    """Rules at each place that log what matches. The places' groups."""
    groups = {place: FIRST_GROUP + number for number, place in enumerate(PLACES)}
    chains = "\n".join(
        f"chain c{groups[place]} {{ type {kind} hook {hook} priority {priority}; policy accept; \n"
        + "\n".join(f'{match} log prefix "{place}" group {groups[place]} snaplen 128' for match in matches)
        + "\n}"
        for place, (hook, priority, kind) in PLACES.items()
    )
    lab.inside("nft", f"table inet join {{\n{chains}\n}}")
    return groups


def at(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def command(address):
    return "ip6tables" if ":" in address else "iptables"
