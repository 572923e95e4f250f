"""Between congvud and its directory: a relay that can hold the feed of changes back while everything else goes on, so that the view grows old."""
import contextlib
import pathlib
import select
import shutil
import socket
import tempfile
import threading
import urllib.parse

SYNC_REQUEST = b"1.3.6.1.4.1.4203.1.9.1.1"  # the control that a consumer sends (RFC 4533)


class Relay:
    def __init__(self, uri):
        self.target = urllib.parse.unquote(uri.removeprefix("ldapi://"))
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cvr-", dir="/tmp"))
        self.path = str(self.folder / "relay")
        self.uri = "ldapi://" + urllib.parse.quote(self.path, safe="")
        self.flows = threading.Event()
        self.flows.set()
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
        is_feed = False
        with client, server, contextlib.suppress(OSError):
            while True:
                for source in select.select([client, server], [], [])[0]:
                    data = source.recv(65536)
                    if not data:
                        return
                    is_feed = is_feed or (source is client and SYNC_REQUEST in data)
                    if is_feed:
                        self.flows.wait()
                    (server if source is client else client).sendall(data)

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
