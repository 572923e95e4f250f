"""The console in Debian's Chromium, on the real service with the sample. The clicks are in flows.mjs."""
import datetime
import gzip
import http.client
import re

import pytest

from congvu import an, site_today
from running import run
from wording import WORDS

FOREIGN = re.compile(rb"https?://(?!www\.w3\.org/)[a-z]")  # name spaces are names, not hosts


def get(service, path, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def files(service):
    """The page and what it names, by path: (plain, compressed)."""
    _, page = get(service, "/console")
    names = re.findall(rb'console/[A-Za-z0-9_-]+\.(?:js|css)', page)
    return ["/console", *("/" + name.decode() for name in names)]


def test_files_come_plain_and_packed_and_name_no_foreign_host(office):
    paths, seen, sizes = files(office), set(), {}
    assert len(paths) == 3
    while paths:
        path = paths.pop()
        seen.add(path)
        plain, body = get(office, path)
        packed, small = get(office, path, **{"Accept-Encoding": "br, gzip"})
        assert plain.status == packed.status == 200 and gzip.decompress(small) == body
        assert plain.headers["Content-Encoding"] is None and packed.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert plain.headers["Cache-Control"] == ("no-cache" if path == "/console" else "public, max-age=31536000, immutable")
        policy = packed.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
        assert not FOREIGN.search(body)
        sizes[path] = len(small)
        paths += {"/console/" + name.decode() for name in re.findall(rb'"\./([A-Za-z0-9_-]+\.js)"', body)} - seen - set(paths)
    # the first page: itself, its script and style, the words of one language; the other rooms come when they are entered
    first = [path for path in sizes if re.search(r"/console$|/index-|/style-|/vi-", path)]
    scripts = [path for path in first if path.endswith(".js")]
    assert len(first) == 4 and sum(sizes[path] for path in first) < 60_000 and sum(sizes[path] for path in scripts) < 45_000, sizes
    assert get(office, "/console/app.js")[0].status == 404


@pytest.mark.parametrize("flow", ["sign_in", "head", "one_number", "search", "person", "ended", "keyboard", "phone", "head_phone", "prefix", "english", "english_forms", "english_list", "trend_gap"])
def test_flow(office, flow, tmp_path):
    run(office, flow, tmp_path)


@pytest.mark.parametrize("flow", ["onboard", "a_year_of_one_person", "departure", "two_clerks", "merged", "corrected", "pasted_column", "exported", "hostile"])
def test_people(office, flow, tmp_path):
    run(office, flow, tmp_path)


@pytest.mark.parametrize("flow", ["brake", "printed", "list"])
def test_rooms(office, flow, tmp_path):
    run(office, flow, tmp_path, limit=600)


@pytest.mark.parametrize("flow", ["typing", "composing", "a_day_is_a_day", "shared_machine", "slash", "upgraded", "nothing_by_time", "enlarged"])
def test_habits(office, flow, tmp_path):
    run(office, flow, tmp_path, limit=1500)


@pytest.mark.parametrize(("width", "more"), [(1280, {"colorScheme": "light"}), (1280, {"colorScheme": "dark"}), (390, {"colorScheme": "light"}), (390, {"colorScheme": "dark"}), (320, {"colorScheme": "light"}), (320, {"colorScheme": "dark", "forcedColors": "active"}),
                                             (1280, {"colorScheme": "light", "language": "en"}), (390, {"colorScheme": "dark", "language": "en"})], ids=lambda x: "-".join(x.values()) if isinstance(x, dict) else str(x))
def test_every_room_by_axe_and_narrow(office, width, more, tmp_path):
    run(office, "axe", tmp_path, limit=900, width=width, **more)


def test_papers_and_tables_have_no_word_of_programmers(office):
    client = office.client(language="vi")
    unit = office.who["office"]
    report = client.post("/v1/reports", {"unit": unit, "period": f"{site_today():%Y-%m}", "accept_incomplete": True})
    assert report.status == 201, report
    asked = client.post("/v1/requests", {"kind": "lock", "unit": unit, "person": {"key": office.who["person"]}, "system": "mailbox", "reason": "violation"})
    assert asked.status == 201, asked
    heads = [get_text(client, path, format="csv", **query).splitlines()[0] for path, query in (("/v1/staff", {}), ("/v1/accounts", {"system": "mailbox"}), ("/v1/coverage", {"unit": unit}))]
    papers = [get_text(client, f"/v1/reports/{report.json['id']}/content", format="html"), get_text(client, "/v1/requests", format="html")]
    for text in [*heads, *(re.sub(r"<style>.*?</style>|<script.*?</script>|<[^>]*>", " ", paper, flags=re.S) for paper in papers)]:
        wrong = re.search(rf"{WORDS}|[a-z]_[a-z0-9]", text)
        assert not wrong, f"{wrong[0]} in …{text[max(0, wrong.start() - 60):wrong.end() + 60]}…"


def get_text(client, path, **query):
    answer = client.get(path, **query)
    assert answer.status == 200, answer
    return answer.body.decode("utf-8-sig")


def test_a_transfer_with_a_date_next_week(office, tmp_path):
    client = office.client(language="vi")
    person = client.put("/v1/staff/DI-CHUYEN", an(full_name="Nguyễn Thị Luân Chuyển", unit="H43.99.01")).json
    unit = client.get("/v1/units/H43.99.02").json
    day = site_today() + datetime.timedelta(days=7)
    run(office, "transfer", tmp_path, person=person["id"], unit=unit["id"], day=f"{day:%d/%m/%Y}")
