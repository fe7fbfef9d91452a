"""A session as conntrack(8) tells it and as nfmon tells it, in one form, so that the two can be compared."""

import dataclasses
import json

NUMBERS = {"icmp": 1, "tcp": 6, "udp": 17, "gre": 47, "ipv6-icmp": 58}


@dataclasses.dataclass(frozen=True, order=True)
class Key:
    """What no two sessions of a namespace share."""

    protocol: int
    source: tuple  # (address, port); port None for a protocol without
    destination: tuple
    icmp_id: int = None
    zone: int = 0


@dataclasses.dataclass(frozen=True)
class Session:
    key: Key
    nat_source: tuple = None
    nat_destination: tuple = None
    up: tuple = None  # (packets, bytes); None where unknown
    down: tuple = None
    state: str = None
    status: tuple = ()


# ---- conntrack(8) -------------------------------------------------------------------------------------------------------


def parse_conntrack(line):
    """A line of `conntrack -L -o extended,id` or `conntrack -E -o extended,id`."""
    words = line.split()
    while words[0] not in ("ipv4", "ipv6"):  # [DESTROY]
        words.pop(0)
    protocol = int(words[3])
    directions, others, flags, state = [], {}, [], None
    for word in words[4:]:
        name, equals, value = word.partition("=")
        if word.startswith("["):
            flags.append(word.strip("[]"))
        elif not equals:
            state = None if word.isdigit() else word  # the timeout comes before it
        elif name == "src":
            directions.append({name: value})
        elif "mark" in others or name in ("mark", "zone"):  # what comes after both directions; "id" is there again
            others[name] = value
        else:
            directions[-1][name] = value
    original, reply = directions

    def end(direction, address, port):
        return direction[address], int(direction[port]) if port in direction else None

    source, destination = end(original, "src", "sport"), end(original, "dst", "dport")
    seen_source, seen_destination = end(reply, "dst", "dport"), end(reply, "src", "sport")
    return Session(
        key=Key(
            protocol, source, destination, int(original["id"]) if "type" in original else None,
            int(others.get("zone") or original.get("zone-orig", 0)),
        ),
        nat_source=None if seen_source == source else seen_source,
        nat_destination=None if seen_destination == destination else seen_destination,
        up=counters(original),
        down=counters(reply),
        state=state,
        status=(() if "UNREPLIED" in flags else ("seen-reply",)) + (("assured",) if "ASSURED" in flags else ()),
    )


def counters(fields):
    return (int(fields["packets"]), int(fields["bytes"])) if "packets" in fields else None


# ---- nfmon --------------------------------------------------------------------------------------------------------------


def key_of(record):
    """The key of an event, or of a row of `sessions -o json`."""
    return Key(
        protocol(record),
        end_of(record["source"]),
        end_of(record["destination"]),
        record["nfmon"].get("icmp", {}).get("id"),
        record["nfmon"].get("zone", 0),
    )


def protocol(record):
    name = record["network"]["transport"]
    return NUMBERS[name] if name in NUMBERS else int(name)


def end_of(side):
    return side["ip"], side.get("port")


def from_nfmon(record):
    source, destination = record["source"], record["destination"]
    return Session(
        key=key_of(record),
        nat_source=end_of(source["nat"]) if "nat" in source else None,
        nat_destination=end_of(destination["nat"]) if "nat" in destination else None,
        up=counters(source),
        down=counters(destination),
        state=record["nfmon"].get("state"),
        status=tuple(word for word in record["nfmon"].get("status", ()) if word in ("seen-reply", "assured")),
    )


def parse_events(lines):
    """Events of an NDJSON stream."""
    return [json.loads(line) for line in lines]


def action(event):
    return event["event"]["action"]


def about(events, *actions):
    """The events with one of these actions."""
    return [event for event in events if action(event) in actions]


def by_key(events, *actions):
    """The events with one of these actions, in lists by session."""
    found = {}
    for event in about(events, *actions):
        found.setdefault(key_of(event), []).append(event)
    return found


def interfaces(record):
    """(ingress, egress), `None` for what is unknown."""
    observer = record.get("observer", {})
    return tuple(observer.get(way, {}).get("interface", {}).get("name") for way in ("ingress", "egress"))


# ---- traffic.py ---------------------------------------------------------------------------------------------------------


def key_of_flow(flow):
    """The key of a flow of traffic.py. It does not say an ICMP identifier: see `without_icmp_id`."""
    numbers = {"tcp": 6, "refused": 6, "denied": 6, "udp": 17, "icmp": 1 if flow["family"] == 4 else 58}
    return Key(
        numbers[flow["kind"]],
        (flow["source"], flow.get("sport")),
        (flow["destination"], flow.get("dport")),
    )


def without_icmp_id(key):
    return dataclasses.replace(key, icmp_id=None)
