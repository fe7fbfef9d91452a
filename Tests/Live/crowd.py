"""Many TCP connections at once, each with bytes of its own, between sockets of several network namespaces."""

import contextlib
import selectors
import socket
import struct
import time

from session import Key

SECONDS = 20  # that any step of all connections may take
LARGEST = 1400  # bytes one way: a segment of either family


def sizes(number):
    """The payload of a connection, (up, down): no two of them alike."""
    up, down = 5 + number, 1 + number * 37 % 1399
    if up > LARGEST:
        raise ValueError(f"{number} connections are too many to tell them apart by one segment's bytes")
    return up, down


class Connection:
    """An initiator's socket and what it has yet to do."""

    def __init__(self, number, kind, namespace, source, destination):
        self.kind = kind
        self.source, self.destination = source, destination
        self.socket = opened(namespace, source)
        up, self.wanted = sizes(number)
        self.request = struct.pack("!I", number) + bytes(up - 4)

    @property
    def key(self):
        return Key(socket.IPPROTO_TCP, self.source, self.destination)


class Crowd:
    """The connections, from `add()` to `close()`. One thread serves both ends of all of them."""

    def __init__(self):
        self.connections = []
        self._listeners = []
        self._standing = set()
        self._accepted = {}  # an acceptor's socket: the bytes that it has read
        self._selector = selectors.DefaultSelector()

    def listen(self, namespace, *address):
        listener = opened(namespace, address)
        listener.listen(2000)
        self._listeners.append(listener)
        self._selector.register(listener, selectors.EVENT_READ, self._accept)

    def add(self, kind, namespace, source, destination):
        """One more connection to make, with the port of `source`."""
        self.connections.append(Connection(len(self.connections), kind, namespace, source, destination))

    def connect(self):
        """Makes the connections that do not stand yet."""
        rest = [connection for connection in self.connections if connection not in self._standing]
        for connection in rest:
            connection.socket.connect_ex(connection.destination)
        for connection in rest:
            self._selector.register(
                connection.socket, selectors.EVENT_WRITE, lambda near, one=connection: self._stand(near, one)
            )
        count = len(self.connections)
        self._serve(lambda: len(self._standing) == len(self._accepted) == count, "all are connected")

    def talk(self):
        """Makes all connections, and only when all stand lets each carry its bytes."""
        self.connect()
        answered = []
        for connection in self.connections:
            self._selector.register(
                connection.socket, selectors.EVENT_READ, lambda near, one=connection: self._read(near, one, answered)
            )
            connection.socket.sendall(connection.request)
        self._serve(lambda: len(answered) == len(self.connections), "all have their answers")

    def hang_up(self):
        """Ends all connections, the initiators first."""
        for connection in self.connections:
            connection.socket.shutdown(socket.SHUT_WR)
        self._serve(lambda: not self._accepted, "all acceptors have read the end")
        for connection in self.connections:
            connection.socket.setblocking(True)
            connection.socket.settimeout(SECONDS)
            if connection.socket.recv(1):
                raise AssertionError(f"{connection.key}: more than its bytes")
            connection.socket.close()

    def close(self):
        for one in [*self._listeners, *self._accepted, *(connection.socket for connection in self.connections)]:
            one.close()
        self._selector.close()

    def _serve(self, condition, what):
        deadline = time.monotonic() + SECONDS
        while not condition():
            for key, _ in self._selector.select(0.1):
                key.data(key.fileobj)
            if time.monotonic() > deadline:
                raise AssertionError(f"{what}: not within {SECONDS} s")

    def _accept(self, listener):
        with contextlib.suppress(BlockingIOError):
            while True:
                far, _ = listener.accept()
                far.setblocking(False)
                self._accepted[far] = b""
                self._selector.register(far, selectors.EVENT_READ, self._answer)

    def _answer(self, far):
        data = far.recv(65536)
        if not data:
            del self._accepted[far]
            self._selector.unregister(far)
            return far.close()
        self._accepted[far] += data
        request = self._accepted[far]
        if len(request) >= 4:
            up, down = sizes(*struct.unpack_from("!I", request))
            if len(request) == up:
                far.sendall(bytes(down))

    def _stand(self, near, connection):
        error = near.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            raise OSError(error, f"{connection.source} to {connection.destination}")
        self._selector.unregister(near)
        self._standing.add(connection)

    def _read(self, near, connection, answered):
        connection.wanted -= len(near.recv(65536))
        if connection.wanted == 0:
            self._selector.unregister(near)
            answered.append(connection)


def opened(namespace, address):
    """A socket bound to an address and a port; it does not block."""
    with namespace:
        one = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET, socket.SOCK_STREAM)
    one.setblocking(False)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind(address)
    return one
