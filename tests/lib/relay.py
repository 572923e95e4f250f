"""Between congvud and its directory: a relay that can hold the feed of changes back, or lose a change, while everything else goes on; or that holds a write back until a kill."""
import contextlib
import http.client
import pathlib
import select
import shutil
import socket
import tempfile
import threading
import urllib.parse

SYNC_REQUEST = b"1.3.6.1.4.1.4203.1.9.1.1"  # the control that a consumer sends (RFC 4533)
SYNC_STATE = b"1.3.6.1.4.1.4203.1.9.1.2"  # that of a record it is sent


def messages(data):
    """Whole LDAP messages at the front of data, and what is left."""
    whole = []
    while len(data) > 1:
        head, length = 2, data[1]
        if length & 0x80:
            head += length & 0x7F
            length = int.from_bytes(data[2:head]) if len(data) >= head else len(data)
        if len(data) < head + length:
            break
        whole.append(data[:head + length])
        data = data[head + length:]
    return whole, data


class Relay:
    def __init__(self, uri):
        self.target = urllib.parse.unquote(uri.removeprefix("ldapi://"))
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cvr-", dir="/tmp"))
        self.path = str(self.folder / "relay")
        self.uri = "ldapi://" + urllib.parse.quote(self.path, safe="")
        self.flows = threading.Event()
        self.flows.set()
        self.to_lose = 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(64)
        self.ends = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self.target)
                self.ends += [client, server]
                threading.Thread(target=self.carry, args=(client, server), daemon=True).start()

    def carry(self, client, server):
        is_feed, rest = False, b""
        with client, server, contextlib.suppress(OSError):
            while True:
                for source in select.select([client, server], [], [])[0]:
                    data = source.recv(65536)
                    if not data:
                        return
                    is_feed = is_feed or (source is client and SYNC_REQUEST in data)
                    if is_feed:
                        self.flows.wait()
                    if is_feed and source is server:
                        whole, rest = messages(rest + data)
                        data = b"".join(m for m in whole if not self.lost(m))
                    (server if source is client else client).sendall(data)

    def lost(self, message):
        if self.to_lose and SYNC_STATE in message:
            self.to_lose -= 1
            return True
        return False

    def lose(self, records):
        """The next ones that the feed would bring."""
        self.to_lose = records

    @contextlib.contextmanager
    def feed_held(self):
        self.flows.clear()
        try:
            yield
        finally:
            self.flows.set()

    def close(self):
        self.flows.set()
        self.listener.close()
        for end in self.ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        shutil.rmtree(self.folder, ignore_errors=True)


def answers(client, server):
    """They go back by themselves, however long what is asked is held."""
    def back():
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)
    threading.Thread(target=back, daemon=True).start()


ADD, MODIFY, DELETE = 0x68, 0x66, 0x4A


def operation(message):
    """Its tag: what stands behind the length and the number of the message."""
    at = 2 + (message[1] & 0x7F if message[1] & 0x80 else 0)
    return message[at + 2 + message[at + 1]]


class Cut(Relay):
    """Holds back the n-th write that counts, and everything behind it."""

    def __init__(self, uri, counts, nth):
        self.counts, self.left, self.held, self.counting = counts, nth, threading.Event(), False
        super().__init__(uri)

    def carry(self, client, server):
        rest = b""
        answers(client, server)
        with client, server, contextlib.suppress(OSError):
            while data := client.recv(65536):
                whole, rest = messages(rest + data)
                for message in whole:
                    if self.counting and operation(message) in (ADD, MODIFY, DELETE) and self.counts(operation(message), message):
                        self.left -= 1
                        if self.left == 0:
                            self.held.set()
                    if self.held.is_set():
                        return
                    server.sendall(message)


def killed_before(first, start, ask, nth, counts, ready):
    """A second process beside `first`, killed when the n-th write that counts leaves it; `ready` is asked of it first."""
    cut = Cut(first.ldapi, counts, nth)
    second = start(directory_uri=cut.uri, key_file=str(first.data / "secret.key"), tick_ms=600000)
    client = second.client(first.admin_token())
    ready(client)
    cut.counting = True

    def asking():
        with contextlib.suppress(OSError, http.client.HTTPException):
            ask(client)
    thread = threading.Thread(target=asking)
    thread.start()
    try:
        assert cut.held.wait(60), f"there is no write {nth}"
        second.kill()
    finally:
        thread.join()
        cut.close()
    return second
