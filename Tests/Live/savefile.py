"""A recording's conntrack messages, to be changed: what this kernel cannot be brought to say."""

import struct

RECORD_HEADER, COOKED_HEADER, NETLINK_HEADER, FAMILY_HEADER = 16, 16, 16, 4
CONNTRACK = 1
CTA_STATUS = 3
OFFLOADED = 1 << 14  # IPS_OFFLOAD


def offload(path, port):
    """Has every conntrack message about a session to this TCP port say that a flowtable carries it."""
    with open(path, "r+b") as file:
        data = bytearray(file.read())
        count = sum(set_status(data, message, port) for message in messages(data))
        file.seek(0)
        file.write(data)
    if not count:
        raise AssertionError(f"{path}: no message about port {port}")


def messages(data):
    """(start, end) of each netlink message in a pcap file of LINKTYPE_NETLINK."""
    place = 24
    while place < len(data):
        length = struct.unpack_from("=I", data, place + 8)[0]
        start, end = place + RECORD_HEADER + COOKED_HEADER, place + RECORD_HEADER + length
        place = end
        while start + NETLINK_HEADER <= end:
            size = struct.unpack_from("=I", data, start)[0]
            yield start, start + size
            start += max(size + 3 & ~3, NETLINK_HEADER)


def set_status(data, message, port):
    start, end = message
    if data[start + 5] != CONNTRACK:
        return False
    # The destination's port within the original tuple, which comes first (CTA_PROTO_DST_PORT).
    if data[start:end].find(struct.pack("=HH", 6, 3) + struct.pack("!H", port)) < 0:
        return False
    place = start + NETLINK_HEADER + FAMILY_HEADER
    while place + 4 <= end:
        length, kind = struct.unpack_from("=HH", data, place)
        if kind == CTA_STATUS:
            status = struct.unpack_from("!I", data, place + 4)[0]
            struct.pack_into("!I", data, place + 4, status | OFFLOADED)
            return True
        place += max(length + 3 & ~3, 4)
    return False
