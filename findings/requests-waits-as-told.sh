#!/bin/bash
# requests 2.28.1 (Debian 12, with urllib3 1.26.12): `max_retries=1` obeys a server's Retry-After, however long, whatever `timeout` says.
#
# The documentation of HTTPAdapter says that max_retries "applies only to failed DNS lookups, socket connections and connection timeouts, never to
# requests where data has made it to the server". But a 413, 429 or 503 that carries Retry-After, to a GET, is slept on and sent again, without that
# status in any list; the timeout bounds neither the sleep nor the sum, and the caller never sees the first answer. A POST comes back at once.
# So: a script that asks Congvu while it is busy (503) or too often (429) may stand still; give it
# `max_retries=Retry(connect=3, read=0, status=0, respect_retry_after_header=False)` and look at Retry-After itself.
#
# Installs the two packages (and what they import) into a temporary folder. Exit 0: still so; 1: it has changed; 2: it could not be tried.
set -u
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 2
apt-get download python3-requests=2.28.1+dfsg-1 python3-urllib3=1.26.12-1+deb12u4 python3-certifi python3-chardet python3-idna python3-six >apt.log 2>&1 || {
    cat apt.log >&2
    exit 2
}
for package in *.deb; do dpkg -x "$package" root || exit 2; done
cat >seen.py <<'PY'
import http.server, sys, threading, time
import requests, urllib3
from requests.adapters import HTTPAdapter


class Busy(http.server.BaseHTTPRequestHandler):
    asked = 0

    def do_GET(self):
        Busy.asked += 1
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(503)
        self.send_header("Retry-After", "3")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Busy)
threading.Thread(target=server.serve_forever, daemon=True).start()
session = requests.Session()
session.mount("http://", HTTPAdapter(max_retries=1))
seen = {}
for method in ("GET", "POST"):
    Busy.asked, began = 0, time.monotonic()
    status = session.request(method, f"http://127.0.0.1:{server.server_port}/", timeout=1).status_code
    seen[method] = (status, Busy.asked, time.monotonic() - began)
    print(f"requests {requests.__version__}, urllib3 {urllib3.__version__}: {method} with max_retries=1, timeout=1, answered 503 with Retry-After: 3: "
          f"sent {Busy.asked} times, {seen[method][2]:.1f} s")
as_described = seen["GET"][:2] == (503, 2) and seen["GET"][2] >= 2.9 and seen["POST"][:2] == (503, 1) and seen["POST"][2] < 2
sys.exit(0 if as_described else 1)
PY
PYTHONPATH=$folder/root/usr/lib/python3/dist-packages /usr/bin/python3 seen.py
