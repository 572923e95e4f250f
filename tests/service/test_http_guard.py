"""The HTTP layer alone, over raw sockets: what the guard refuses, what it cannot see (LIMITS), deadlines, bounds, stopping.

The program under test is httpd_probe; CONGVU_BUILD names the build folder (default: build/dev).
"""
import email.utils
import http.client
import json
import os
import random
import re
import select
import signal
import socket
import subprocess
import tempfile
import time

import pytest

from congvu import frozen, wait_for

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("CONGVU_BUILD", os.path.join(ROOT, "build", "dev"))
PROBE = os.path.join(BUILD, "service", "http", "httpd_probe")
HOST = b"Host: a\r\n"
LIBRARY = subprocess.run(["pkg-config", "--modversion", "libmicrohttpd"], capture_output=True, text=True, check=True).stdout.strip()
STRICT = not LIBRARY.startswith("0.")  # from 1.0 on the library refuses much by itself, with answers of its own


class Probe:
    """One running httpd_probe with its own FIFO; ends with the test."""

    def __init__(self, request_ms=20000, idle_ms=20000, queue=20, connections=500, drain_ms=20000):
        self.folder = tempfile.TemporaryDirectory()
        self.fifo = os.path.join(self.folder.name, "hold")
        os.mkfifo(self.fifo)
        words = [request_ms, idle_ms, queue, connections, drain_ms]
        self.process = subprocess.Popen([PROBE, *map(str, words), self.fifo], stdout=subprocess.PIPE)
        self.port = json.loads(self.process.stdout.readline())["port"]

    def connect(self):
        s = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return s

    def release_slow(self):
        os.close(os.open(self.fifo, os.O_WRONLY))

    def resident_kib(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def stop(self):
        """SIGTERM and wait: exit code and the last line."""
        self.process.send_signal(signal.SIGTERM)
        out, _ = self.process.communicate(timeout=60)
        return self.process.returncode, json.loads(out.splitlines()[-1])

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()
        assert failure or self.process.returncode == 0, "a sanitizer's exit code shows here too"


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Reader:
    """Reads answers one after another from a socket."""

    def __init__(self, s):
        self.s, self.data, self.ended = s, b"", False

    def more(self):
        try:
            piece = self.s.recv(65536)
        except ConnectionResetError:
            piece = b""
        self.ended = piece == b""
        self.data += piece
        return not self.ended

    def answer(self, head=False):
        while b"\r\n\r\n" not in self.data:
            if not self.more():
                raise EOFError(self.data)
        top, self.data = self.data.split(b"\r\n\r\n", 1)
        lines = top.decode().split("\r\n")
        headers = {}
        for line in lines[1:]:
            name, value = line.split(":", 1)
            assert name.lower() not in headers, f"{name} twice"
            headers[name.lower()] = value.strip()
        length = 0 if head else int(headers.get("content-length", 0))
        while len(self.data) < length:
            if not self.more():
                raise EOFError(self.data)
        body, self.data = self.data[:length], self.data[length:]
        return Answer(int(lines[0].split()[1]), headers, body)

    def closed(self):
        """True when nothing but the end follows."""
        while not self.ended:
            self.more()
        return self.data == b""


def request(method=b"GET", target=b"/shared", headers=b"", body=b"", version=b"HTTP/1.1", host=HOST):
    return method + b" " + target + b" " + version + b"\r\n" + host + headers + b"\r\n" + body


def call(probe, raw, head=False):
    with probe.connect() as s:
        s.sendall(raw)
        return Reader(s).answer(head)


@pytest.fixture(scope="module")
def probe():
    with Probe() as p:
        yield p


POST_JSON = b"Content-Type: application/json\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
CHUNKS = b"2\r\n{}\r\n0\r\n\r\n"
SMUGGLED = b"GET /json?q=smuggled HTTP/1.1\r\nHost: a\r\n\r\n"


def post(headers, body=b"", **more):
    return request(b"POST", b"/echo", POST_JSON + headers, body, **more)


REFUSED = {
    "a header of a colon and one sign at the end of a head of LFs": b"GET /shared HTTP/1.1\r\nHost: a\n:x\n\n",
    # two statements of the length
    "te_and_cl": post(CHUNKED + b"Content-Length: 4\r\n", CHUNKS + SMUGGLED),
    "cl_and_te": post(b"Content-Length: 4\r\n" + CHUNKED, CHUNKS + SMUGGLED),
    "two_cl_different": post(b"Content-Length: 2\r\nContent-Length: 30\r\n", b"{}" + SMUGGLED),
    "two_cl_same": post(b"Content-Length: 2\r\nContent-Length: 2\r\n", b"{}" + SMUGGLED),
    "two_te": post(CHUNKED + CHUNKED, CHUNKS + SMUGGLED),
    "te_unknown": post(b"Transfer-Encoding: xchunked\r\n", CHUNKS + SMUGGLED),
    "te_gzip_chunked": post(b"Transfer-Encoding: gzip, chunked\r\n", CHUNKS + SMUGGLED),
    "te_chunked_identity": post(b"Transfer-Encoding: chunked, identity\r\n", CHUNKS + SMUGGLED),
    "te_empty": post(b"Transfer-Encoding:\r\n", CHUNKS + SMUGGLED),
    "te_vertical_tab": post(b"Transfer-Encoding: \x0bchunked\r\n", CHUNKS + SMUGGLED),
    "te_http_1_0": post(CHUNKED, CHUNKS, version=b"HTTP/1.0"),
    "get_with_body": request(headers=b"Content-Length: 43\r\n", body=SMUGGLED),
    "get_chunked": request(headers=CHUNKED, body=CHUNKS),
    "delete_with_body": request(b"DELETE", b"/echo/a", b"Content-Length: 2\r\n", b"{}"),
    # names and values
    "cl_space_before_colon": post(b"Content-Length : 43\r\n", SMUGGLED),
    "te_space_before_colon": post(b"Transfer-Encoding : chunked\r\n", CHUNKS),
    "te_tab_before_colon": post(b"Transfer-Encoding\t: chunked\r\n", CHUNKS),
    "space_in_name": request(headers=b"X Y: 1\r\n"),
    "control_in_name": request(headers=b"X\x01Y: 1\r\n"),
    "high_byte_in_name": request(headers=b"X\xffY: 1\r\n"),
    "slash_in_name": request(headers=b"X/Y: 1\r\n"),
    "bare_cr_in_value": request(headers=b"X: a\rContent-Length: 3\r\n"),
    "control_in_value": request(headers=b"X: a\x01b\r\n"),
    "escape_in_value": request(headers=b"X: a\x1bb\r\n"),
    "delete_in_value": request(headers=b"X: a\x7fb\r\n"),
    # folded lines: the library glues them to the NAME
    "fold_value": request(headers=b"X: a\r\n b\r\n"),
    "fold_forges_length": post(b"Content-Len: 43\r\n gth\r\n", SMUGGLED),
    "fold_forges_remote_user": request(headers=b"X-Remote: admin\r\n -User\r\n"),
    "fold_before_chunked": post(b"Transfer-Encoding:\r\n chunked\r\n", CHUNKS),
    "fold_tab": request(headers=b"X: a\r\n\tb\r\n"),
    "fold_twice": request(headers=b"X: a\r\n b\r\n c\r\n"),
    "fold_first_line": request(host=b" Host: a\r\n"),
    "fold_last": request(headers=b"X: a\r\n \r\n"),
    # cut by a NUL, ended by a bare LF, or without a name
    "nul_cuts_value": request(headers=b"X: a\x00b\r\n"),
    "nul_ends_value": request(headers=b"X: a\x00\x00\r\n"),
    "nul_and_blank": request(headers=b"X: a\x00 \r\nY: b\r\n"),
    "nul_hides_length": post(b"X: a\x00\r\nContent-Length: 2\r\n", b"{}"),
    "nul_in_method": request(b"GET\x00POST"),
    "nul_in_target": request(target=b"/shared\x00/x"),
    "nul_in_query": request(target=b"/json?q=1\x00x"),
    "nul_in_host": request(host=b"Host: a\x00b\r\n"),
    "bare_lf": b"GET /shared HTTP/1.1\nHost: a\n\n",
    "bare_lf_line": b"GET /shared HTTP/1.1\nHost: a\r\n\r\n",
    "bare_lf_header": request(headers=b"X: a\nY: b\r\n"),
    "bare_lf_after_blank": request(headers=b"X: a \nY: b\r\n"),
    "bare_lf_end": b"GET /shared HTTP/1.1\r\nHost: a\r\n\n",
    "empty_name": request(headers=b": a\r\n"),
    "empty_name_first": request(host=b": a\r\nHost: a\r\n"),
    "empty_name_middle": request(headers=b": a\r\nX: b\r\n"),
    "two_blanks_in_line": b"GET  /shared HTTP/1.1\r\nHost: a\r\n\r\n",
    # Host
    "host_with_slash": request(host=b"Host: a/b\r\n"),
    "host_with_user": request(host=b"Host: u@a\r\n"),
    "host_with_blank": request(host=b"Host: a b\r\n"),
    "host_with_two_ports": request(host=b"Host: a:80:81\r\n"),
    "host_with_odd_port": request(host=b"Host: a:8o\r\n"),
    "host_list": request(host=b"Host: [::1\r\n"),
    "host_quote": request(host=b"Host: a\"\r\n"),
    "no_host": request(host=b""),
    "two_hosts": request(headers=b"Host: b\r\n"),
    "two_authorizations": request(headers=b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"),
    # target
    "dot_dot": request(target=b"/a/../shared"),
    "dot_dot_end": request(target=b"/echo/.."),
    "dot": request(target=b"/./shared"),
    "escaped_dots": request(target=b"/%2e%2e/shared"),
    "escaped_dots_upper": request(target=b"/%2E%2E/shared"),
    "escaped_slash": request(target=b"/echo/a%2fb"),
    "escaped_backslash": request(target=b"/echo/a%5cb"),
    "escaped_nul": request(target=b"/shared%00x"),
    "escaped_nul_query": request(target=b"/json?q=a%00b"),
    "escaped_newline": request(target=b"/echo/a%0d%0ab"),
    "double_slash": request(target=b"//shared"),
    "double_slash_inside": request(target=b"/echo//a"),
    "backslash": request(target=b"/echo/a\\b"),
    "fragment": request(target=b"/shared#x"),
    "control_in_target": request(target=b"/sha\x01red"),
    "high_byte_in_target": request(target=b"/echo/\xc4\x91"),
    "space_in_target": request(target=b"/echo/a b"),
    "broken_escape": request(target=b"/echo/a%4"),
    "broken_escape_2": request(target=b"/echo/a%zz"),
    "not_utf8": request(target=b"/json?q=%ff"),
    "absolute_form": request(target=b"http://a/shared"),
    "no_slash": request(target=b"shared"),
    "star_get": request(target=b"*"),
    "target_too_long": request(target=b"/json?q=" + b"a" * 6000),
    # method and version
    "unknown_method": request(b"BREW"),
    "lower_case_method": request(b"get"),
    "control_in_method": request(b"GE\x01T"),
    "connect": request(b"CONNECT", b"a:80"),
    "trace": request(b"TRACE"),
    "http_1_9": request(version=b"HTTP/1.9"),
}
KEPT_OPEN = {"not_utf8"}  # refused by what it means, not as broken framing


def problem_of(answer):
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == answer.json()["request_id"]
    assert answer.json()["status"] == answer.status


@pytest.mark.parametrize("name", REFUSED)
def test_refused_and_closed(probe, name):
    with probe.connect() as s:
        s.sendall(REFUSED[name])
        reader = Reader(s)
        try:
            answer = reader.answer()
        except EOFError as nothing:
            assert STRICT and nothing.args == (b"",), "only a library that is strict itself closes without a word"
            return
        assert 400 <= answer.status < 500
        if not (STRICT and answer.body.startswith(b"<html>")):
            problem_of(answer)
        if name in KEPT_OPEN:
            assert "connection" not in answer.headers
        else:
            assert answer.headers["connection"].lower() == "close"
            assert reader.closed(), "nothing may follow: no second answer for what was smuggled"


# What cannot be seen behind libmicrohttpd, with what happens: statuses (the second one: version 1.0), or None = closed without an answer.
# A change here is news.
LIMITS = {
    "nul_lf": (b"GET /shared HTTP/1.1\r\nHost: a\0\nX: b\r\n\r\n", 200, 400),
    "colon_lf": (b"GET /shared HTTP/1.1\r\nHost: a\r\n:\n", 200, 400),
    "nul_begins_line": (b"\0GET / HTTP/1.1\r\n" + request(), 200, None),
    "nul_ends_trailers": (post(CHUNKED, b"2\r\n{}\r\n0\r\n\0\r\n"), 200, 400),
    "chunk_extension": (post(CHUNKED, b"2;x=y\r\n{}\r\n0\r\n\r\n"), 200, 400),
    "chunk_bare_lf": (post(CHUNKED, b"2\n{}\n0\n\n"), 200, 400),
    "trailers_dropped": (post(CHUNKED, b"2\r\n{}\r\n0\r\nX-Remote-User: admin\r\n\r\n"), 200, 200),
    "expect_other": (request(headers=b"Expect: miracles\r\n"), 200, 200),
    "cl_blank_behind": (post(b"Content-Length: 2 \r\n", b"{}"), 400, 200),
    "te_blank_behind": (post(b"Transfer-Encoding: chunked \r\n", CHUNKS), 400, 200),
    "nul_in_name": (request(headers=b"X\x00Y: a\r\n"), 400, 400),
    "cl_plus": (post(b"Content-Length: +2\r\n", b"{}"), 400, 400),
    "cl_minus": (post(b"Content-Length: -2\r\n", b"{}"), 400, 400),
    "cl_hex": (post(b"Content-Length: 0x2\r\n", b"{}"), 400, 400),
    "cl_list": (post(b"Content-Length: 2, 2\r\n", b"{}"), 400, 400),
    "cl_empty": (post(b"Content-Length:\r\n", b"{}"), 400, 400),
    "cl_overflow": (post(b"Content-Length: 99999999999999999999999\r\n", b"{}"), 413, 413),
    "chunk_size_hex_prefix": (post(CHUNKED, b"0x2\r\n{}\r\n0\r\n\r\n"), 400, 400),
    "head_too_large": (request(headers=b"X: " + b"a" * 20000 + b"\r\n"), 431, 431),
    "http_2_0": (request(version=b"HTTP/2.0"), 505, 505),
    "tab_separators": (b"GET\t/shared\tHTTP/1.1\r\nHost: a\r\n\r\n", None, None),
}


@pytest.mark.parametrize("name", LIMITS)
def test_named_limit(probe, name):
    raw, lenient, strict = LIMITS[name]
    status = strict if STRICT else lenient
    with probe.connect() as s:
        s.sendall(raw)
        first = Reader(s)
        while first.more() and b"\r\n" not in first.data:
            pass
        if status is None:
            assert first.data == b""
        else:
            assert int(first.data.split()[1]) == status


FULL = {  # more than the library has room for; each once lost the request that it belonged to, or could
    "empty_pairs": request(target=b"/?" + b"&" * 400),
    "small_pairs": request(target=b"/?" + b"a&" * 300),
    "pairs_with_values": request(target=b"/shared?" + b"a=b&" * 300),
    "one_long_query": request(target=b"/shared?" + b"a" * 5900),
    "many_cookies": request(headers=b"Cookie: " + b"a=b; " * 400 + b"\r\n"),
    "many_headers": request(headers=b"a:\r\n" * 400),
    "pairs_behind_a_nul": request(target=b"/a\0?" + b"a&" * 300),
    "long_path": request(target=b"/" + b"a" * 7000),
    "endless_line": b"GET /" + b"a" * 9000,
    "many_pairs_left_open": b"GET /?" + b"&" * 400 + b" HTTP/1.1\r\nHost: a\r\n",
}


@pytest.mark.parametrize("name", FULL)
def test_whatever_is_begun_is_ended(probe, name):
    for leave in (False, True):
        with probe.connect() as s:
            s.sendall(FULL[name])
            if leave or name in ("many_pairs_left_open", "pairs_behind_a_nul"):
                continue  # the second one is lost by 0.9.75, so it is never begun
            answer = Reader(s)
            assert answer.more() and 200 <= int(answer.data.split()[1]) < 500, "at once, not at the deadline"
    wait_for(lambda: in_flight(probe) == 0, "all of them are ended when their sockets are")


def test_who_leaves_with_the_last_bytes_is_seen_to_have_left(probe):
    """The library alone would wait for the deadline of what came together with the end of the connection."""
    raws = (request()[:-5], request(), post(b"Content-Length: 9\r\n", b"{"))
    held = [probe.connect() for _ in raws]
    for s in held:
        s.sendall(request())
        assert Reader(s).answer().status == 200
    with frozen(probe.process.pid):
        for s, raw in zip(held, raws):
            s.sendall(raw)
            s.shutdown(socket.SHUT_WR)
    began = time.monotonic()
    for s in held:
        while s.recv(65536):
            pass
        s.close()
    assert time.monotonic() - began < 10, "the deadline is 20 s"
    wait_for(lambda: in_flight(probe) == 0, "nothing is left of them")


def in_flight(probe):
    return call(probe, request(target=b"/in-flight")).json()["in_flight"]


def test_ten_thousand_hostile_requests():
    """Memory does not grow with them, and the stop does not wait for any of them."""
    chance = random.Random(9)
    raws = [*REFUSED.values(), *(raw for raw, _, _ in LIMITS.values()), *FULL.values()]
    with Probe(queue=200) as p:
        def send(count):
            for _ in range(count):
                raw = bytearray(chance.choice(raws))
                for _ in range(chance.randrange(3)):
                    raw[chance.randrange(len(raw))] = chance.randrange(256)
                with p.connect() as s:
                    try:
                        s.sendall(raw)
                        s.settimeout(0.02)
                        s.recv(65536 if chance.random() < 0.5 else 1)
                    except OSError:
                        pass
        send(1000)
        before = p.resident_kib()
        send(9000)
        wait_for(lambda: in_flight(p) == 0, "nothing is left of them")
        if "asan" not in BUILD:  # its quarantine keeps what was freed
            assert p.resident_kib() - before < 10 << 10
        began = time.monotonic()
        assert p.stop() == (0, {"drained": True})
        assert time.monotonic() - began < 5


def test_honest_requests_are_not_refused(probe):
    """Whatever may stand between the words of a head, in pieces of any size, one after another on one connection."""
    chance = random.Random(4)
    names = [b"Accept", b"accept-language", b"X-Odd-Name!#$%&'*+-.^_`|~", b"Cookie", b"User-Agent", b"TE", b"Via", b"If-Match"]
    values = [b"", b"*/*", b"vi", b'"1", "2"', b"a=b; c=d", b"x" * 600, b"tab\tinside", b"caf\xc3\xa9 \xff", b"a, b, c", b"*"]
    hosts = [b"a", b"", b"127.0.0.1:8080", b"[::1]:80", b"xn--an-nma.gov.vn.", b"a%20b", b"a:", b"[v1.a:b]".replace(b"v1.a:b", b"::ffff:1.2.3.4")]
    with probe.connect() as s:
        reader = Reader(s)
        for _ in range(400):
            lines = [b"Host:" + chance.choice([b"", b" ", b" \t "]) + chance.choice(hosts)]
            lines += [chance.choice(names) + b":" + b" " * chance.randrange(3) + chance.choice(values) + chance.choice([b"", b"", b" ", b"\t  "])
                      for _ in range(chance.randrange(8))]
            chance.shuffle(lines)
            lines = [line for line in lines if not line.lower().startswith(b"accept:") or b"*/*" in line]
            body = chance.random() < 0.5
            if body:
                chunked = chance.random() < 0.5
                lines += [b"Content-Type: application/json " if chance.random() < 0.5 else b"Content-Type:application/json",
                          b"Transfer-Encoding: chunked" if chunked else b"Content-Length: 2"]
            raw = b"\r\n" * chance.randrange(2) + (b"POST /echo" if body else b"GET /shared?age=7") + b" HTTP/1.1\r\n"
            raw += b"".join(line + b"\r\n" for line in lines) + b"\r\n" + ((CHUNKS if chunked else b"{}") if body else b"")
            step = chance.choice([1000000, 1000000, 511, 37])
            for at in range(0, len(raw), step):
                s.sendall(raw[at:at + step])
            answer = reader.answer()
            assert answer.status == 200, (raw, answer.body)


def test_nothing_is_read_behind_trailers(probe):
    for more in (b"", b"X-Odd: 1\r\n"):
        with probe.connect() as s:
            s.sendall(post(CHUNKED + more, b"2\r\n{}\r\n0\r\nX: y\r\n\r\n") + SMUGGLED)
            reader = Reader(s)
            answer = reader.answer()
            assert answer.status == 200 and answer.headers["connection"].lower() == "close" and reader.closed()


def test_blanks_behind_a_value_are_not_part_of_it(probe):
    answer = call(probe, request(target=b"/private", headers=b"Authorization: Bearer reader \t\r\nX-Request-Id: an \r\nAccept-Language: en \r\n"))
    assert answer.status == 200 and answer.headers["x-request-id"] == "an" and answer.headers["content-language"] == "en"


def test_a_packed_body_is_refused(probe):
    answer = call(probe, post(b"Content-Encoding: gzip\r\nContent-Length: 2\r\n", b"{}"))
    assert answer.status == 415 and answer.headers["accept-encoding"] == "identity"
    assert call(probe, post(b"Content-Encoding: identity\r\nContent-Length: 2\r\n", b"{}")).status == 200
    assert call(probe, request(headers=b"Content-Encoding: gzip\r\n")).status == 200, "there is no body that it could speak of"


@pytest.mark.parametrize("path,headers,status", [("/private", {}, 401), ("/nix", {}, 404), ("/echo", {}, 413),
                                                 ("/echo", {"Content-Type": "text/plain"}, 415), ("/shared", {}, 405)])
@pytest.mark.parametrize("chunked", [False, True])
def test_an_early_refusal_is_seen_by_who_sends_on(probe, path, headers, status, chunked):
    """Python's http.client sends the whole body before it looks for an answer."""
    headers = {"Content-Type": "application/json", **headers}
    body = b" " * (4 << 20)
    client = http.client.HTTPConnection("127.0.0.1", probe.port, timeout=30)
    client.request("POST", path, iter([body]) if chunked else body, headers, encode_chunked=chunked)
    answer = client.getresponse()
    assert answer.status == status and json.loads(answer.read())["status"] == status
    client.close()


def test_keep_alive_and_pipelining(probe):
    with probe.connect() as s:
        s.sendall(request() + request(target=b"/json?q=1") + request(target=b"/echo/an") + post(b"Content-Length: 2\r\n", b"{}") +
                  post(CHUNKED, CHUNKS) + request(target=b"/nix"))
        reader = Reader(s)
        assert [reader.answer().status for _ in range(6)] == [200, 200, 200, 200, 200, 404]
        s.sendall(request())
        assert reader.answer().status == 200


def test_shared_answers_carry_their_own_request_id(probe):
    sockets = [probe.connect() for _ in range(8)]
    for n, s in enumerate(sockets):
        s.sendall(b"".join(request(target=b"/shared?age=%d" % (100 * n + i), headers=b"X-Request-Id: id-%d-%d\r\n" % (n, i))
                           for i in range(50)))
    for n, s in enumerate(sockets):
        reader = Reader(s)
        for i in range(50):
            answer = reader.answer()
            assert answer.headers["x-request-id"] == f"id-{n}-{i}"
            assert answer.headers["congvu-view-age"] == str(100 * n + i)
        s.close()


def test_a_shared_answer_takes_on_and_off_what_one_answer_has(probe):
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920331c-0%d"
    plans = [(age, traced, length) for age in (None, 1, 222222) for traced in (0, 1, 2) for length in (1, 20, 64)] * 3
    random.Random(3).shuffle(plans)
    with probe.connect() as s:
        reader = Reader(s)
        for age, traced, length in plans:
            given = chr(ord("a") + length % 7) * length
            s.sendall(request(target=b"/shared" + (b"?age=%d" % age if age else b""), headers=b"X-Request-Id: %b\r\n" % given.encode() +
                              (b"traceparent: %b\r\n" % (trace % traced).encode() if traced else b"")))
            answer = reader.answer()
            assert answer.headers["x-request-id"] == given
            assert answer.headers.get("traceparent") == (trace % traced if traced else None)
            assert answer.headers.get("congvu-view-age") == (str(age) if age else None)
            assert abs(email.utils.parsedate_to_datetime(answer.headers["date"]).timestamp() - time.time()) < 30


def test_room_in_a_head(probe):
    """A long bearer token, a long target and the usual fields fit together with an answer."""
    bearer = b"Authorization: Bearer " + b"t" * 4096 + b"\r\n"
    assert call(probe, request(target=b"/json?q=" + b"a" * 2000, headers=bearer)).status == 200
    answer = call(probe, request(target=b"/json?q=" + b"a" * 5900, headers=b"X-Request-Id: " + b"r" * 64 + b"\r\n"))
    assert answer.status == 200 and answer.headers["x-request-id"] == "r" * 64


def test_split_sends(probe):
    raw = post(b"X-Long: " + b"b" * 3000 + b"\r\nContent-Length: 7\r\n", b'{"a":1}')
    with probe.connect() as s:
        for at in range(0, len(raw), 97):
            s.sendall(raw[at:at + 97])
        answer = Reader(s).answer()
        assert answer.status == 200 and answer.json()["body"] == {"a": 1}


def test_shared_conditional(probe):
    full = call(probe, request())
    assert full.status == 200 and full.headers["etag"] == 'W/"118-4711"'
    assert full.headers["cache-control"] == "private, no-cache"
    for value in (b'W/"118-4711"', b'"118-4711"', b'"x", W/"118-4711"', b"*"):
        same = call(probe, request(headers=b"If-None-Match: " + value + b"\r\n"), head=True)
        assert same.status == 304 and same.headers["etag"] == full.headers["etag"] and same.headers["x-request-id"]
    assert call(probe, request(headers=b'If-None-Match: W/"118-471"\r\n')).status == 200


def test_head_and_options(probe):
    with probe.connect() as s:
        reader = Reader(s)
        s.sendall(request(b"HEAD", b"/json"))
        head = reader.answer(head=True)
        assert head.status == 200 and int(head.headers["content-length"]) > 0
        s.sendall(request(b"OPTIONS", b"/echo/x"))
        options = reader.answer()
        assert options.status == 204 and options.headers["allow"] == "OPTIONS, GET, HEAD, PUT, PATCH, DELETE"
        s.sendall(request(b"OPTIONS", b"*"))
        assert reader.answer().status == 204
        s.sendall(request(b"DELETE", b"/json"))
        wrong = reader.answer()
        assert wrong.status == 405 and wrong.headers["allow"] == "OPTIONS, GET, HEAD"
        s.sendall(request(b"DELETE", b"/echo/x"))
        assert reader.answer().status == 204


@pytest.mark.parametrize("accept,lang", [(b"", "vi"), (b"en", "en"), (b"en-GB,en;q=0.9,vi;q=0.8", "en"), (b"vi-VN,en;q=0.5", "vi"),
                                         (b"fr", "vi"), (b"fr, en;q=0.4", "en"), (b"en;q=0", "vi")])
def test_language(probe, accept, lang):
    answer = call(probe, request(target=b"/nix", headers=b"Accept-Language: " + accept + b"\r\n" if accept else b""))
    assert answer.headers["content-language"] == lang
    assert ("đường dẫn" in answer.json()["detail"]) == (lang == "vi")


def test_query_faults_are_named_together(probe):
    answer = call(probe, request(target=b"/json?statuss=a&unitt=b&q=1&q=2"))
    assert answer.status == 400 and answer.json()["code"] == "unknown_parameter"
    assert [(e["parameter"], e["code"]) for e in answer.json()["errors"]] == [
        ("statuss", "unknown_parameter"), ("unitt", "unknown_parameter"), ("q", "repeated")]
    again = call(probe, request(target=b"/json?q=1&q=2"))
    assert again.status == 400 and again.json()["code"] == "invalid_parameter"
    maybe = call(probe, request(target=b"/json?validate_only=maybe"))
    assert maybe.status == 400 and maybe.json()["errors"][0]["parameter"] == "validate_only"
    assert call(probe, request(target=b"/json?q=a%2Fb+%C4%91%2E")).json()["q"] == "a/b đ."
    assert call(probe, request(target=b"/echo/%C4%91%C3%A0o")).json()["name"] == "đào"


def test_validate_only_where_listed(probe):
    raw = request(b"POST", b"/echo?validate_only=true", POST_JSON + b"Content-Length: 2\r\n", b"{}")
    answer = call(probe, raw)
    assert answer.headers["congvu-validate-only"] == "true" and answer.json()["validate_only"] is True
    assert call(probe, request(b"PUT", b"/echo/a?validate_only=true", POST_JSON + b"Content-Length: 2\r\n", b"{}")).status == 400


def test_credentials(probe):
    body = POST_JSON + b"Content-Length: 2\r\n"
    none = call(probe, request(b"POST", b"/private", body, b"{}"))
    assert none.status == 401 and none.headers["www-authenticate"] == 'Bearer realm="congvu"'
    waits = call(probe, request(b"POST", b"/private", body + b"Expect: 100-continue\r\n"))
    assert waits.status == 401 and waits.headers["connection"].lower() == "close", "answered before the body came"
    bad = call(probe, request(target=b"/private", headers=b"Authorization: Bearer nobody\r\n"))
    assert bad.status == 401 and bad.json()["code"] == "token_expired"
    low = call(probe, request(b"POST", b"/private", body + b"Authorization: Bearer reader\r\n", b"{}"))
    assert low.status == 403 and low.json()["code"] == "scope_missing" and "staff:write" in low.json()["detail"]
    assert 'scope="staff:write"' in low.headers["www-authenticate"]
    assert call(probe, request(b"POST", b"/private", body + b"authorization: bearer writer\r\n", b"{}")).status == 200
    assert call(probe, request(target=b"/private", headers=b"Authorization: Bearer reader\r\n")).status == 200


def test_media_types(probe):
    plain = call(probe, request(b"POST", b"/echo", b"Content-Type: text/plain\r\nContent-Length: 2\r\n", b"{}"))
    assert plain.status == 415 and plain.headers["accept-post"] == "application/json"
    patch = call(probe, request(b"PATCH", b"/echo/a", b"Content-Length: 2\r\n", b"{}"))
    assert patch.status == 415 and patch.headers["accept-patch"] == "application/merge-patch+json, application/json"
    merge = b"Content-Type: application/merge-patch+json; charset=utf-8\r\nContent-Length: 2\r\n"
    assert call(probe, request(b"PATCH", b"/echo/a", merge, b"{}")).status == 200
    assert call(probe, request(target=b"/json", headers=b"Accept: text/csv\r\n")).status == 406
    assert call(probe, request(target=b"/json", headers=b"Accept: text/csv, */*;q=0.1\r\n")).status == 200
    assert call(probe, request(target=b"/text", headers=b"Accept: text/plain\r\n")).status == 200


def test_too_large_declared_and_chunked(probe):
    with probe.connect() as s:
        s.sendall(post(b"Content-Length: 65537\r\nExpect: 100-continue\r\n"))
        reader = Reader(s)
        answer = reader.answer()
        assert answer.status == 413 and answer.json()["limit"] == 65536, "refused before a byte of it, without 100 Continue"
        assert reader.closed()
    piece = b"1000\r\n" + b" " * 4096 + b"\r\n"
    with probe.connect() as s:
        s.sendall(post(CHUNKED, piece * 17 + b"0\r\n\r\n"))
        reader = Reader(s)
        assert reader.answer().status == 413 and reader.closed()
    with probe.connect() as s:
        large = b"100000\r\n" + b" " * (1 << 20) + b"\r\n"
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            s.sendall(post(CHUNKED))
            for _ in range(200):
                s.sendall(large)
        assert Reader(s).closed(), "far beyond the limit: cut without an answer"


def test_ids_and_traces(probe):
    trace = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    answer = call(probe, request(target=b"/json", headers=b"X-Request-Id: ca-1.2_3\r\ntraceparent: " + trace + b"\r\n"))
    assert answer.headers["x-request-id"] == "ca-1.2_3" and answer.headers["traceparent"] == trace.decode()
    answer = call(probe, request(target=b"/json", headers=b"X-Request-Id: a b\r\ntraceparent: 00-zz\r\n"))
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", answer.headers["x-request-id"]) and "traceparent" not in answer.headers


def test_problem_members(probe):
    answer = call(probe, request(target=b"/problem"))
    body = answer.json()
    assert answer.status == 412 and body["etag"] == '"12"' and "etag" not in answer.headers
    assert body["type"] == "/v1/problems/etag_mismatch" and body["instance"] == "/problem"
    assert body["errors"][0]["pointer"] == "#/full%20name" and body["errors"][1]["header"] == "If-Match"
    assert call(probe, request(target=b"/silent")).json()["code"] == "internal"


TRICKLED = {"line": b"GET /shared?age=" + b"1" * 60, "header": request()[:-2] + b"X: " + b"y" * 60,
            "body": post(b"Content-Length: 60\r\n", b"{" + b" " * 58)}


@pytest.mark.parametrize("part", TRICKLED)
def test_trickling_client_is_cut(part):
    """Bytes keep coming, so the library's own timeout never strikes."""
    raw = TRICKLED[part]
    ready = len(raw) - 58
    with Probe(request_ms=1500, idle_ms=10000) as p, p.connect() as s:
        began = time.monotonic()
        s.sendall(raw[:ready])
        for n in range(ready, len(raw)):
            if select.select([s], [], [], 0.3)[0]:
                break
            s.sendall(raw[n:n + 1])
        assert Reader(s).closed()
        assert 1.3 < time.monotonic() - began < 5


def test_silence_is_closed():
    with Probe(request_ms=10000, idle_ms=1000) as p, p.connect() as s:
        s.sendall(request())
        reader = Reader(s)
        assert reader.answer().status == 200
        assert reader.closed()


def test_queue_full():
    with Probe(queue=6) as p:
        waiting = [p.connect() for _ in range(6)]
        for s in waiting:
            s.sendall(request(target=b"/slow"))
        deadline = time.monotonic() + 20
        while True:  # until all six hold their slots
            with p.connect() as s:
                s.settimeout(0.5)
                s.sendall(request(target=b"/slow"))
                try:
                    answer = Reader(s).answer()
                    break
                except socket.timeout:
                    assert time.monotonic() < deadline
        assert answer.status == 503 and answer.json()["code"] == "busy" and int(answer.headers["retry-after"]) >= 1
        assert call(p, request(target=b"/echo/other-lane")).status == 200
        p.release_slow()
        assert [Reader(s).answer().status for s in waiting] == [200] * 6
        for s in waiting:
            s.close()


def test_handler_bound_by_deadline():
    with Probe(request_ms=1000) as p:
        answer = call(p, request(target=b"/slow"))
        assert answer.status == 503 and answer.json()["retry_after"] == 2 and answer.headers["retry-after"] == "2"


def test_clients_that_leave_while_they_wait():
    """Their places come back, and the stop does not stumble over them."""
    with Probe(queue=40) as p:
        for s in [p.connect() for _ in range(20)]:
            s.sendall(request(target=b"/slow"))
            if s.fileno() % 2:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")  # leave with a reset
            s.close()
        assert call(p, request(target=b"/echo/a")).status == 200
        p.release_slow()
        assert call(p, request(target=b"/slow")).status == 200
        assert p.stop() == (0, {"drained": True})


def test_too_many_connections():
    with Probe(connections=20) as p:
        held = []
        try:
            statuses = []
            for _ in range(20):
                s = p.connect()
                held.append(s)
                s.sendall(request())
                statuses.append(Reader(s).answer().status)
            assert statuses[:18] == [200] * 18 and statuses[18:] == [503] * 2
            held[0].sendall(request())
            assert Reader(held[0]).answer().status == 200, "who was there before goes on"
        finally:
            for s in held:
                s.close()


def test_stop_does_not_wait_for_what_never_arrives():
    with Probe() as p:
        held = [p.connect() for _ in range(3)]
        for s, raw in zip(held, (request()[:-2], post(b"Content-Length: 9\r\n", b"{"), FULL["pairs_behind_a_nul"])):
            s.sendall(raw)
        wait_for(lambda: in_flight(p) == 1, "the one of which the head is there is begun")
        began = time.monotonic()
        assert p.stop() == (0, {"drained": True})
        assert time.monotonic() - began < 5
        for s in held:
            s.close()


def test_stop_answers_all_that_wait():
    with Probe(queue=200) as p:
        waiting = [p.connect() for _ in range(200)]
        for s in waiting:
            s.sendall(request(target=b"/slow"))
        old = p.connect()
        old.sendall(request())
        reader = Reader(old)
        assert reader.answer().status == 200
        p.process.send_signal(signal.SIGTERM)
        wait_until_refusing(p.port)
        old.sendall(request())
        late = reader.answer()
        assert late.status == 503 and late.json()["code"] == "stopping" and reader.closed()
        p.release_slow()
        answers = [Reader(s).answer() for s in waiting]
        assert [a.status for a in answers] == [200] * 200
        assert all(a.headers["connection"].lower() == "close" for a in answers)
        out, _ = p.process.communicate(timeout=60)
        assert p.process.returncode == 0 and json.loads(out.splitlines()[-1]) == {"drained": True}
        for s in [old, *waiting]:
            s.close()


def test_stop_past_the_drain_deadline():
    """Four are in their handlers, the rest queued: the queued ones are not begun any more, but all are answered."""
    with Probe(request_ms=3000, queue=100, drain_ms=500) as p:
        waiting = [p.connect() for _ in range(100)]
        for s in waiting:
            s.sendall(request(target=b"/slow"))
        answer = call(p, request(target=b"/json"))  # one event loop: whatever came before has been taken in, or is about to be
        assert answer.status == 200
        code, last = p.stop()
        assert code == 0 and last == {"drained": False}
        answers = [Reader(s).answer() for s in waiting]
        assert {a.status for a in answers} == {503}
        assert sum(a.json()["code"] == "stopping" for a in answers) >= 90
        for s in waiting:
            s.close()


def wait_until_refusing(port):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            return
    raise AssertionError("still listening")
