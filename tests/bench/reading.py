#!/usr/bin/env python3
"""Reading: coverage (credential checked, 64 keep-alive connections) against nginx serving a static file of the same bytes, in CPU microseconds per
request of the server process, rounds alternating; and mark-insensitive search through HTTP, at 1,000 and 100,000 people."""
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import unicodedata

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from congvu import Service, an, make_units, wait_for  # noqa: E402
from onboarding import BENCH, FAMILY, GIVEN, MIDDLE, run  # noqa: E402

SECONDS = int(os.environ.get("BENCH_SECONDS", "4"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
PATH = "/v1/coverage?unit=T1&depth=1&group_by=unit,system"
TICKS = os.sysconf("SC_CLK_TCK")
SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"


def clones(service, count):
    """LDIF of `count` people like one that came through REST: own id, code, name and address."""
    model = subprocess.run(["ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-Q", "-Y", "EXTERNAL", "-H", service.ldapi, "-b", "ou=people,dc=congvu",
                            "(cvStaffCode=MODEL)"], capture_output=True, text=True, check=True).stdout.strip()
    kept = [line for line in model.splitlines() if not re.match(r"(cvName|cvCode|cn|sn|givenName|cvMiddleName|cvFamilyName):", line)]
    id_ = re.search(r"cvId=(stf_\w+)", model)[1]
    for i in range(count):
        new = "stf_" + "".join(SIGNS[(i + 1 >> shift) & 31] for shift in range(125, -1, -5))
        login = f"p{i}"
        words = FAMILY[i % 12], f"{MIDDLE[i // 12 % 10]} {GIVEN[i // 7 % 15]}", GIVEN[i // 120 % 15]
        text = "\n".join(kept).replace(id_, new).replace("MODEL", f"C{i}").replace(MODEL_LOGIN, login)
        yield (f"{text}\ncn: {' '.join(words)}\nsn: {words[0]}\ncvFamilyName: {words[0]}\ncvMiddleName: {words[1]}\ngivenName: {words[2]}\n"
               f"cvCode: staff/c{i}\ncvName: {login}@ninhthuan.gov.vn\ncvName: mailbox/{login}\ncvName: td-office/x_{login}\n\n")


MODEL_LOGIN = "motmaunguoi"


def cpu(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def load(pid, url, header=None):
    """CPU microseconds per request of `pid` while wrk reads `url`."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script: # the token stays out of the arguments
        script.write("wrk.headers['Authorization'] = '%s'\n" % header if header else "")
        script.flush()
        before = cpu(pid)
        out = subprocess.run(["wrk", "-t1", "-c64", f"-d{SECONDS}s", "-s", script.name, url], capture_output=True, text=True, check=True).stdout
        used = cpu(pid) - before
    assert "Non-2xx" not in out, out
    return used / int(re.search(r"(\d+) requests in", out)[1]) * 1e6


class Nginx:
    def __init__(self, body):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cvn-"))
        self.folder.chmod(0o755)
        (self.folder / "coverage.json").write_bytes(body)
        user = "user root;" if os.geteuid() == 0 else ""
        (self.folder / "n.conf").write_text(f"""{user} daemon off; worker_processes 1; pid {self.folder}/pid; error_log /dev/null;
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=10;
 types {{ application/json json; }} client_body_temp_path {self.folder}/b; proxy_temp_path {self.folder}/p; fastcgi_temp_path {self.folder}/f;
 uwsgi_temp_path {self.folder}/u; scgi_temp_path {self.folder}/s;
 server {{ listen 127.0.0.1:{self.free_port()}; root {self.folder}; }} }}""")
        self.process = subprocess.Popen(["nginx", "-c", str(self.folder / "n.conf"), "-p", str(self.folder)], stderr=subprocess.DEVNULL)
        wait_for(lambda: self.answers(), "nginx answers")
        self.pid = int(subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()[0])

    def free_port(self):
        import socket
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        return self.port

    def answers(self):
        try:
            c = http.client.HTTPConnection("127.0.0.1", self.port)
            c.request("GET", "/coverage.json")
            return c.getresponse().status == 200
        except OSError:
            return False

    def stop(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder)


def coverage(service, people):
    token = service.admin_token()
    body = service.client().get(PATH).body
    nginx = Nginx(body)
    ours, limit = [], []
    try:
        for _ in range(ROUNDS):
            ours.append(load(service.ready["pid"], f"http://127.0.0.1:{service.port}{PATH}", f"Bearer {token}"))
            limit.append(load(nginx.pid, f"http://127.0.0.1:{nginx.port}/coverage.json"))
    finally:
        nginx.stop()
    print(json.dumps({"bench": "coverage", "people": people, "bytes": len(body), "cpu_us_per_request": [round(x, 2) for x in ours],
                      "nginx_cpu_us_per_request": [round(x, 2) for x in limit],
                      "ratio_of_medians": round(statistics.median(ours) / statistics.median(limit), 3), "bar": 1.0}), flush=True)


def plain(word):
    decomposed = unicodedata.normalize("NFD", word.lower().replace("đ", "d"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def search(service, people):
    random.seed(7)
    token = service.admin_token()
    with tempfile.NamedTemporaryFile() as file:
        for _ in range(4000):
            words = "%20".join([plain(random.choice(GIVEN)), plain(random.choice(FAMILY))[:3]])
            one = f"GET /v1/staff?q={words} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
            file.write(b"%d\n" % len(one) + one)
        file.flush()
        result = run(BENCH / "http_load", service.port, file.name, 4)
    print(json.dumps({"bench": "search", "people": people, "connections": 4, "p50_ms": result["p50_ms"], "p99_ms": result["p99_ms"],
                      "per_second": result["per_second"], "bar_p99_ms": 10}), flush=True)


def main():
    service = Service(directory_nosync="true", log_level="error").start()
    try:
        client = service.client()
        make_units(client)
        answer = client.put("/v1/staff/MODEL", an(full_name="Một Mẫu Người", login=MODEL_LOGIN))
        assert answer.status == 201, answer
        with tempfile.NamedTemporaryFile("w") as ldif:
            ldif.writelines(clones(service, 100000))
            ldif.flush()
            text = pathlib.Path(ldif.name).read_text().split("\n\n")
            done = 0
            for people in (1000, 100000):
                with tempfile.TemporaryDirectory() as folder:
                    for start in range(done, people, 19000):
                        part = pathlib.Path(folder) / "part.ldif"
                        part.write_text("\n\n".join(text[start:min(start + 19000, people)]) + "\n\n")
                        run(BENCH / "raw_add", service.ldapi, part, 8)
                done = people
                wait_for(lambda: service.client().get("/v1/staff", include_total=True, page_size=1).json["total"] == people + 1, "the view has all", 300)
                coverage(service, people)
                search(service, people)
        service.stop()
    finally:
        service.clean()


if __name__ == "__main__":
    main()
