"""A real nginx in front, with the file of deploy/nginx: encrypted outside, and the client that it names is the one that counts."""
import contextlib
import json
import shutil
import socket
import ssl
import subprocess

import pytest
from congvu import ROOT, district, wait_for


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", folder / "key.pem", "-out", folder / "fullchain.pem"],
                   check=True, capture_output=True)


def listening(folder, upstream):
    """(process, port); None when somebody else has taken the port meanwhile."""
    port = free_port()
    text = (ROOT / "deploy/nginx/congvu.conf").read_text()
    for old, new in (("127.0.0.1:8080", f"127.0.0.1:{upstream}"), ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"), ("congvu.example.vn", "localhost"),
                     ("/etc/ssl/congvu/", f"{folder}/")):
        assert old in text
        text = text.replace(old, new)
    (folder / "congvu.conf").write_text(text)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    (folder / "nginx.conf").write_text(f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;\nevents {{}}\n"
                                       f"http {{ access_log off; include {folder}/congvu.conf;\n" +
                                       "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds) + "}\n")
    process = subprocess.Popen([shutil.which("nginx", path="/usr/sbin:/usr/bin"), "-e", folder / "error.log", "-c", folder / "nginx.conf"])
    wait_for(lambda: process.poll() is not None or (folder / "pid").exists(), "nginx has its port")  # it binds first
    if process.poll() is None:
        return process, port
    assert "Address already in use" in (folder / "error.log").read_text(), (folder / "error.log").read_text()
    return None


@contextlib.contextmanager
def nginx(folder, upstream):
    process, port = next(filter(None, (listening(folder, upstream) for _ in range(5))))
    try:
        yield port
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def front(tmp_path_factory, spec):
    folder = tmp_path_factory.mktemp("nginx")
    certificate(folder)
    with district(spec=spec, trusted_proxies="127.0.0.1") as service, nginx(folder, service.port) as port:
        yield service, port, ssl.create_default_context(cafile=folder / "fullchain.pem")


def call(front, method, path, body=b"", source="127.0.0.1", headers=(), kind="application/json"):
    _, port, context = front
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers]
    with socket.create_connection(("127.0.0.1", port), 30, (source, 0)) as plain, context.wrap_socket(plain, server_hostname="localhost") as s:
        s.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        data = b""
        while piece := s.recv(65536):
            data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    return int(head.split()[1]), head.decode(), rest


def test_answers_come_through_encrypted(front):
    service = front[0]
    status, head, body = call(front, "GET", "/v1/units/T1", headers=[f"Authorization: Bearer {service.admin_token()}", "X-Request-Id: qua-nginx"])
    assert status == 200 and json.loads(body)["code"] == "T1" and "X-Request-Id: qua-nginx" in head and "Strict-Transport-Security" in head


def test_a_list_of_the_largest_size_comes_through(front):
    service = front[0]
    body = b"Ho ten;Chuc vu\n" + b" " * ((8 << 20) - 15)
    head = [f"Authorization: Bearer {service.admin_token()}"]
    status, _, said = call(front, "POST", "/v1/imports?kind=staff&unit=T1&validate_only=true", body, headers=head, kind="text/csv")
    assert status == 422 and json.loads(said)["code"].startswith("list_"), said
    status, _, said = call(front, "POST", "/v1/staff", b" " * (2 << 20), headers=head)
    assert (status, json.loads(said)["limit"]) == (413, 1 << 20), said


def test_the_client_that_counts_is_the_one_that_nginx_sees(front):
    service = front[0]

    def wrong(source, headers=()):
        body = b'{"code":"AAAA-BBBB-CCCC-DDDD-EEEE","password":"Mat-Khau-Rieng-9"}'
        return call(front, "POST", "/v1/activations", body, source, headers)[0]
    assert [wrong("127.0.0.21") for _ in range(22)] == [422] * 20 + [429] * 2
    assert wrong("127.0.0.21", ["X-Forwarded-For: 192.0.2.99"]) == 429, "what a client writes there itself is dropped"
    assert wrong("127.0.0.22") == 422
    assert call(front, "GET", "/v1/me", source="127.0.0.23", headers=["Authorization: Bearer cvt_nobody"])[0] == 401
    said = [line for line in map(json.loads, service.log.read_text().splitlines()) if line.get("event") in ("sign_in_refused", "activation_refused")]
    assert sum("from 127.0.0.21" in line["message"] for line in said) == 20
    assert sum("from 127.0.0.22" in line["message"] for line in said) == sum("from 127.0.0.23" in line["message"] for line in said) == 1
