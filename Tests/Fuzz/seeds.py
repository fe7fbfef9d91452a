#!/usr/bin/env python3
"""Cuts recordings into the fuzzers' first inputs.

seeds.py FOLDER FILE.pcap …   writes FOLDER/<target>/<number> for each target
"""

import pathlib
import struct
import sys


def attributes(data):
    """The attributes of a message: number and value."""
    offset = 0
    while offset + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, offset)
        if length < 4 or offset + length > len(data):
            return
        yield kind & 0x3FFF, data[offset + 4 : offset + length]
        offset += (length + 3) & ~3


def messages(datagram):
    """The netlink messages of a datagram: type and body."""
    offset = 0
    while offset + 16 <= len(datagram):
        length, kind = struct.unpack_from("=IH", datagram, offset)
        if length < 16:
            return
        yield kind, datagram[offset + 16 : offset + length]
        offset += (length + 3) & ~3


def records(file):
    """The records of a classic pcap file in this machine's byte order."""
    offset = 24
    while offset + 16 <= len(file):
        length = struct.unpack_from("=I", file, offset + 8)[0]
        yield file[offset + 16 : offset + 16 + length]
        offset += 16 + length


def ring_block(packets):
    """A block of a packet ring with these IP packets, as a device without a link layer shows them."""
    frames = b""
    for number, packet in enumerate(packets, 1):
        size = 96 + len(packet) + 7 & ~7
        header = struct.pack("=IIIIIIHH", size if number < len(packets) else 0, 1, 2, len(packet), len(packet), 1, 96, 96)
        frames += (header.ljust(48, b"\0") + struct.pack("=HHIHBB", 17, 8, 2, 0xFFFE, 0, 0)).ljust(96, b"\0") + packet
        frames += bytes(-len(frames) % 8)
    return b"\0" + struct.pack("=IIIIII", 1, 0, 1, len(packets), 48, 48 + len(frames)).ljust(48, b"\0") + frames


def inputs(file):
    """What each target gets of a file."""
    yield "Savefile", file
    for record in records(file):
        datagram = record[16:]  # behind the Linux cooked header
        yield "Datagram", datagram
        for kind, body in messages(datagram):
            if kind >> 8 == 1:
                yield "Conntrack", body[4:]
            elif kind >> 8 == 4:
                yield "NFLog", body[4:]
                packets = [value for number, value in attributes(body[4:]) if number == 9]
                if packets:
                    yield "Ring", ring_block(packets * 3)
                    # Orders to the mock ring: packets, tagged and in segments, places that were not filled, and bytes that are changed.
                    steps = bytes(byte for packet in packets for byte in (len(packet) & 0x0F, len(packet) & 0xFF))
                    yield "Ring", b"\x03" + steps * 3 + b"\x01\x40\x00\x2a"
                    yield "Ring", b"\x07" + steps * 3 + b"\x81\xff\x00\x2a"
                for packet in packets:
                    yield "Packet", packet
                    yield "Frame", b"\x01" + bytes(12) + (b"\x08\x00" if packet[0] >> 4 == 4 else b"\x86\xdd") + packet


def main():
    folder = pathlib.Path(sys.argv[1])
    count = 0
    for path in sys.argv[2:]:
        for target, data in inputs(pathlib.Path(path).read_bytes()):
            (folder / target).mkdir(parents=True, exist_ok=True)
            (folder / target / f"seed-{count}").write_bytes(data)
            count += 1


if __name__ == "__main__":
    main()
