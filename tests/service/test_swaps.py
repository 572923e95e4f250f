"""Two people's codes are exchanged by three writes; killed between any two of them, the next process ends it."""
import contextlib
import http.client
import threading

import pytest

from congvu import an, make_units, wait_for
from relay import Relay, messages

MODIFY, DELETE = 0x66, 0x4A


def operation(message):
    """Its tag: what stands behind the length and the number of the message."""
    at = 2 + (message[1] & 0x7F if message[1] & 0x80 else 0)
    return message[at + 2 + message[at + 1]]


class Cut(Relay):
    """Holds back the n-th write about codes on its way, and everything behind it."""

    def __init__(self, uri, people, nth):
        self.names, self.left, self.held = [p.encode() for p in people], nth, threading.Event()
        super().__init__(uri)

    def writes(self, message):
        about = any(name in message for name in self.names)
        return about and (operation(message) == DELETE or (operation(message) == MODIFY and b"cvStaffCode" in message))

    def carry(self, client, server):
        rest = b""

        def back():
            with contextlib.suppress(OSError):
                while data := server.recv(65536):
                    client.sendall(data)
        threading.Thread(target=back, daemon=True).start()
        with client, server, contextlib.suppress(OSError):
            while data := client.recv(65536):
                whole, rest = messages(rest + data)
                for message in whole:
                    if self.writes(message):
                        self.left -= 1
                        if self.left == 0:
                            self.held.set()
                    if self.held.is_set():
                        return
                    server.sendall(message)


@pytest.mark.parametrize("nth", (1, 2, 3, 4))
def test_what_a_kill_cut_short_is_ended_by_the_next_process(start, nth):
    first = start(tick_ms=600000)
    client = first.client()
    make_units(client)
    one = client.put("/v1/staff/DOI-1", an(full_name="Lò Văn Một")).json
    other = client.put("/v1/staff/DOI-2", an(full_name="Vàng Thị Hai")).json
    cut = Cut(first.ldapi, (one["id"], other["id"]), nth)
    second = start(directory_uri=cut.uri, key_file=str(first.data / "secret.key"))
    wait_for(lambda: second.client(first.admin_token()).get(f"/v1/staff/{one['id']}").status == 200, "the second one knows him")

    def ask():
        with contextlib.suppress(OSError, http.client.HTTPException):
            second.client(first.admin_token()).post(f"/v1/staff/{one['id']}/corrections", {"kind": "swapped_codes", "reason": "nhập chéo", "with": other["id"]})
    asking = threading.Thread(target=ask)
    asking.start()
    assert cut.held.wait(60), "the write comes by"
    second.kill()
    asking.join()
    cut.close()

    def codes():
        return [client.get(f"/v1/staff/{p['id']}").json["staff_code"] for p in (one, other)]
    assert codes() == {1: ["DOI-1", "DOI-2"], 2: [None, "DOI-2"], 3: [None, "DOI-1"], 4: ["DOI-2", "DOI-1"]}[nth]
    start(directory_uri=first.ldapi, key_file=str(first.data / "secret.key"))
    wait_for(lambda: not first.ldapsearch("-b", "ou=swaps,ou=system,dc=congvu", "(objectClass=cvDocumentEntry)"), "nothing is on its way any more")
    wait_for(lambda: codes() == ["DOI-2", "DOI-1"], "both have the other's code")
    assert [client.get(f"/v1/staff/{p['id']}").json["former_codes"] for p in (one, other)] == [[], []]
