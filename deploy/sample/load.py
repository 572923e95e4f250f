#!/usr/bin/env python3
"""Loads a folder of sample files (units, staff and what hangs on them) over the REST API.

    python3 deploy/sample/load.py --url http://127.0.0.1:8080 --token-file DIR/admin.token

Every line becomes a PUT, so that a line whose answer was lost is simply sent again and a second run changes
nothing. One thread drives all connections through a selector; requests are built before the clock starts,
which keeps this client's own cost out of the rate that it reports.

Exit codes: 0 loaded, 1 refused or given up, 2 wrong arguments, 130 interrupted.
"""

import argparse
import collections
import email.utils
import json
import pathlib
import selectors
import socket
import sys
import time
import urllib.parse

OK = (200, 201, 202)
AGAIN = (429, 503, 504)
ANSWER_LIMIT = 1 << 20
Job = collections.namedtuple("Job", "origin key phase requests")
Answer = collections.namedtuple("Answer", "status headers body")


class Refused(Exception):
    """The load cannot go on; the text is for the operator."""


class Server:
    """Where to send, and what every request begins with."""

    def __init__(self, url, token, language):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise Refused(f"--url {url}: expected http://HOST:PORT (plain HTTP on this machine)")
        self.address = (parts.hostname, parts.port or 80)
        self.prefix = parts.path.rstrip("/")
        self.head = (f"Host: {parts.netloc}\r\nAuthorization: Bearer {token}\r\nAccept: application/json\r\n"
                     f"Accept-Language: {language}\r\nContent-Type: application/json\r\nContent-Length: ")

    def put(self, body, *path):
        target = "/".join(urllib.parse.quote(part, safe="") for part in path)
        return f"PUT {self.prefix}/v1/{target} HTTP/1.1\r\n{self.head}{len(body)}\r\n\r\n".encode() + body


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def lines_of(folder, name, needed=False):
    path = folder / name
    if not path.exists():
        if needed:
            raise Refused(f"{path} is missing")
        return
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield f"{name} line {number}", json.loads(line)
        except ValueError as fault:
            raise Refused(f"{path}, line {number}: not JSON ({fault})") from None


def requests_of(server, phase, line):
    """The name of the line and its requests, sent in this order on one connection."""
    if phase == "units":
        return line["code"], [server.put(compact(line), "units", line["code"])]
    if phase == "headcounts":
        return line["unit"], [server.put(compact(line["body"]), "units", line["unit"], "headcounts",
                                         line["on"])]
    code = line["staff_code"]
    if phase == "staff":
        # its codes are sure, so a namesake is nobody to be asked about
        return code, [server.put(compact({**line, "not_same_as": ["*"]}), "staff", code)]
    if phase == "accounts":
        return code, [server.put(compact(line["body"]), "staff", code, "accounts", line["system"])]
    if phase == "certificates":
        return code, [server.put(b'{"state":"present"}', "staff", code, "accounts", "certificate"),
                      server.put(compact(line["body"]), "staff", code, "accounts", "certificate",
                                 "observation")]
    return code, [server.put(compact(line["body"]), "staff", code, "departure")]


PHASES = ("units", "headcounts", "staff", "accounts", "certificates", "departures")


def read_jobs(server, folder):
    jobs = {}
    for phase in PHASES:
        jobs[phase] = []
        for origin, line in lines_of(folder, f"{phase}.ndjson", needed=phase in ("units", "staff")):
            try:
                key, requests = requests_of(server, phase, line)
            except (KeyError, TypeError) as fault:
                raise Refused(f"{origin}: the member {fault} is missing or of the wrong type") from None
            jobs[phase].append(Job(origin, key, phase, requests))
    return jobs


def dechunk(data):
    """The body of a chunked answer, or None while its end has not come."""
    body, at = b"", 0
    while True:
        end = data.find(b"\r\n", at)
        if end < 0:
            return None
        size = int(data[at:end].split(b";")[0], 16)
        if len(data) < end + size + 4:
            return None
        if size == 0:
            return body
        body += data[end + 2:end + 2 + size]
        at = end + size + 4


def parse_answer(data, closed):
    """An Answer, or None while more bytes must come. Raises ValueError on what is not HTTP."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    first, *rest = data[:end].decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _,
               value in (line.partition(":") for line in rest)}
    status, body = int(first.split(" ", 2)[1]), data[end + 4:]
    if status == 100:
        return parse_answer(body, closed)
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = dechunk(body)
    elif "content-length" in headers:
        body = body if len(body) >= int(headers["content-length"]) else None
    elif not closed and status != 204:
        body = None
    return None if body is None else Answer(status, headers, body)


def retry_after(answer):
    """Seconds to wait before the same PUT is sent again."""
    value = answer.headers.get("retry-after", "")
    if value.isdigit():
        return min(int(value), 60)
    try:
        return min(max(email.utils.parsedate_to_datetime(value).timestamp() - time.time(), 0.1), 60)
    except (TypeError, ValueError):
        return 0.5


class Channel:
    """One keep-alive connection with at most one request under way."""

    def __init__(self, server, selector, answer_timeout):
        self.server, self.selector, self.answer_timeout = server, selector, answer_timeout
        self.socket = None
        self.job, self.step, self.data, self.since, self.resume_at = None, 0, b"", 0.0, 0.0
        self.losses = 0

    def close(self):
        if self.socket:
            self.selector.unregister(self.socket)
            self.socket.close()
            self.socket = None

    def take(self, job):
        self.job, self.step = job, 0
        self.send()

    def send(self):
        """Sends the current request, on a new connection if need be; a failure is tried again shortly."""
        self.data, self.since, self.resume_at = b"", time.monotonic(), 0.0
        try:
            if not self.socket:
                self.socket = socket.create_connection(self.server.address, timeout=5)
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.socket.settimeout(self.answer_timeout)
                self.selector.register(self.socket, selectors.EVENT_READ, self)
            self.socket.sendall(self.job.requests[self.step])
        except OSError:
            self.lost()

    def lost(self):
        """A kept connection may simply have grown too old: the first repeat comes at once."""
        self.losses += 1
        self.again(0.0 if self.losses == 1 else 0.2)

    def again(self, seconds, keep=False):
        if not keep:
            self.close()
        self.resume_at = time.monotonic() + seconds

    def receive(self):
        """The answer if it is whole; None if more must come or the connection was lost (then sent again)."""
        try:
            more = self.socket.recv(65536)
            self.data += more
            answer = parse_answer(self.data, closed=not more)
        except (OSError, ValueError, IndexError):
            more, answer = b"", None
        if answer is None:
            if not more or len(self.data) > ANSWER_LIMIT:
                self.lost()
            return None
        self.losses = 0
        if not more or "close" in answer.headers.get("connection", "").lower():
            self.close()
        return answer


class Progress:
    """One line rewritten on a terminal, a line for each tenth elsewhere, nothing when quiet."""

    def __init__(self, quiet):
        self.quiet, self.tty = quiet, sys.stderr.isatty()
        self.phase, self.total, self.started, self.shown = "", 0, 0.0, -1

    def begin(self, phase, total):
        self.phase, self.total, self.started, self.shown = phase, total, time.monotonic(), -1

    def show(self, done):
        step = done * (100 if self.tty else 10) // max(self.total, 1)
        if self.quiet or not self.total or step == self.shown:
            return
        self.shown = step
        rate = done / max(time.monotonic() - self.started, 1e-6)
        text = f"{self.phase:<12} {done:>5}/{self.total}  {rate:,.0f}/s"
        if self.tty:
            sys.stderr.write(f"\r\x1b[K{text}" + ("\n" if done == self.total else ""))
            sys.stderr.flush()
        elif done == self.total or (step > 0 and self.total >= 200):
            print(text, file=sys.stderr, flush=True)

    def note(self, text):
        print(("\r\x1b[K" if self.tty and not self.quiet else "") + text, file=sys.stderr, flush=True)


def problem_of(answer):
    try:
        problem = json.loads(answer.body)
    except ValueError:
        problem = None
    return problem if isinstance(problem, dict) else {}


def describe(job, answer):
    problem = problem_of(answer)
    text = [f"{job.origin} ({job.key}) was refused: {answer.status} {problem.get('code', '')}".rstrip()]
    detail = problem.get("detail") or problem.get("title") or answer.body[:300].decode("utf-8", "replace")
    text.append(f"  {detail}")
    for fault in problem.get("errors") or []:
        place = fault.get("pointer") or fault.get("parameter") or fault.get("header") or ""
        text.append(f"  {place} {fault.get('code', '')}: {fault.get('detail', '')}")
    if problem.get("request_id"):
        text.append(f"  request {problem['request_id']}")
    return "\n".join(text)


class Loader:
    """Runs the phases one after the other and keeps the counts."""

    def __init__(self, server, options, leavers):
        self.server, self.options, self.leavers = server, options, leavers
        self.progress = Progress(options.quiet)
        self.held, self.gone, self.repeated = 0, 0, 0
        self.last_success = time.monotonic()
        self.selector = selectors.DefaultSelector()
        self.channels = [Channel(server, self.selector, options.answer_timeout)
                         for _ in range(options.connections)]

    def tolerated(self, job, answer):
        """Refusals that are part of life: the brake, and people of the list who left in an earlier run."""
        code = problem_of(answer).get("code") if answer.status == 409 else None
        if code == "brake_engaged" and job.phase in ("accounts", "departures"):
            if not self.held:
                self.progress.note("The brake on mass deactivation is engaged; held lines are counted.\n"
                                   + describe(job, answer))
            self.held += 1
            return True
        if code == "staff_departed" and job.key in self.leavers:
            self.gone += 1
            return True
        return False

    def handle(self, channel, answer):
        """Takes an answer; true when the job of the channel is done."""
        job = channel.job
        if answer.status in AGAIN:
            self.repeated += 1
            channel.again(retry_after(answer), keep=True)
            return False
        if answer.status not in OK and not self.tolerated(job, answer):
            raise Refused(describe(job, answer))
        self.last_success = time.monotonic()
        channel.step += 1
        if answer.status in OK and channel.step < len(job.requests):
            channel.send()
            return False
        channel.job = None
        return True

    def wait(self, busy):
        """Sleeps until an answer comes, a repeat is due or an answer is overdue."""
        due = [channel.resume_at for channel in busy if channel.resume_at]
        pause = max(min(due) - time.monotonic(), 0) if due else 1.0
        ready = [key.data for key, _ in self.selector.select(min(pause, 1.0))]
        now = time.monotonic()
        for channel in busy:
            if channel.resume_at and channel.resume_at <= now:
                channel.send()
            elif (not channel.resume_at and channel not in ready
                  and now - channel.since > self.options.answer_timeout):
                self.repeated += 1
                channel.again(0.2)
        if now - self.last_success > self.options.patience:
            raise Refused(f"no line was accepted for {self.options.patience} s by {self.options.url}; is the "
                          "service running and its directory up? Run the same command again when it is.")
        return ready

    def serve(self, channel, todo):
        """Reads what came on a channel and gives it the next job; returns how many jobs are done."""
        if not channel.socket:
            return 0
        if not channel.job or channel.resume_at:   # nothing is awaited: the server closed an idle connection
            channel.close()
            return 0
        answer = channel.receive()
        if answer is None or not self.handle(channel, answer):
            return 0
        if todo:
            channel.take(todo.popleft())
        return 1

    def run(self, phase, jobs):
        """Sends all jobs of a phase; returns the seconds it took. Units go one by one, parents first."""
        self.progress.begin(phase, len(jobs))
        started = self.last_success = time.monotonic()
        todo, done = collections.deque(jobs), 0
        for channel in self.channels[:1 if phase == "units" else len(jobs)]:
            if todo:
                channel.take(todo.popleft())
        while done < len(jobs):
            for channel in self.wait([c for c in self.channels if c.job]):
                done += self.serve(channel, todo)
            self.progress.show(done)
        return time.monotonic() - started

    def close(self):
        for channel in self.channels:
            channel.close()
        self.selector.close()


def load(options):
    try:
        token = options.token_file.read_text("utf-8").strip()
    except OSError as fault:
        raise Refused(f"the token file cannot be read: {fault}") from None
    if not token or not token.isascii() or not token.isprintable():
        raise Refused(f"{options.token_file} does not hold a token")
    server = Server(options.url, token, options.language)
    jobs = read_jobs(server, options.folder)
    loader = Loader(server, options, {job.key for job in jobs["departures"]})
    try:
        return run_phases(loader, jobs)
    finally:
        loader.close()


def run_phases(loader, jobs):
    """All phases in their order; the figures of the load."""
    started, summary = time.monotonic(), {}
    for phase in PHASES:
        cpu = time.process_time()
        seconds = loader.run(phase, jobs[phase])
        summary[phase] = len(jobs[phase])
        if phase == "staff":
            summary["staff_seconds"] = round(seconds, 3)
            summary["staff_per_second"] = round(len(jobs[phase]) / max(seconds, 1e-6), 1)
            summary["staff_client_cpu_seconds"] = round(time.process_time() - cpu, 3)
    summary.update(held=loader.held, already_departed=loader.gone, repeated=loader.repeated,
                   seconds=round(time.monotonic() - started, 3))
    return summary


def report(summary, options):
    if options.json:
        print(json.dumps(summary))
    elif not options.quiet:
        print("{staff} people in {units} units loaded in {seconds:.1f} s (staff: {staff_per_second:,.0f}/s); "
              "{accounts} account settings, {certificates} certificates, {departures} departures; "
              "held by the brake: {held}, sent again: {repeated}.".format(**summary))


def positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def parse_options():
    parser = argparse.ArgumentParser(description="Loads a folder of sample files through the REST API.")
    parser.add_argument("--url", required=True, help="http://127.0.0.1:PORT")
    parser.add_argument("--token-file", required=True, type=pathlib.Path, help="file with the bearer token")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent)
    parser.add_argument("--connections", type=positive, default=8)
    parser.add_argument("--answer-timeout", type=positive, default=30,
                        help="seconds before a request is sent again")
    parser.add_argument("--patience", type=positive, default=60,
                        help="seconds without any success before giving up")
    parser.add_argument("--language", choices=("vi", "en"), default="en",
                        help="language of the service's messages")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.add_argument("--json", action="store_true", help="one JSON line with the figures at the end")
    return parser.parse_args()


def main():
    options = parse_options()
    try:
        report(load(options), options)
    except Refused as fault:
        print(f"\n{fault}" if sys.stderr.isatty() else str(fault), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; the same command goes on where it stopped.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
