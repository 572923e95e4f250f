"""Rules of the tree that a machine can hold: who may include whom, one folder per foreign library, banned functions, size."""
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVICE = ROOT / "service"
LAYERS = ["base", "conf", "domain", "job", "audit", "intake", "connect", "oidc", "directory", "check", "view", "report", "paper", "provision", "history", "reconcile", "reporting", "http", "api"]

# layer -> public headers (include/congvu/NAME.h) that it may include; DOMAIN, PORT and so on are groups of them
BASE = {"error", "memory", "clock", "text", "json", "log", "secret", "lock", "network", "signature"}
DOMAIN = {"record", "unit", "account", "departure", "staff", "system", "connector", "usage", "wish", "token", "role", "brake", "naming", "person_name", "akin", "coverage", "adoption", "period", "working"}
PORT = {"session", "records", "trace"}  # the directory as use cases see it
VIEW = {"view", "view_lists", "view_figures"}
CASES = {"provision", "prov_identity", "prov_fields", "prov_staff", "prov_duplicates", "prov_merge", "prov_corrections", "prov_requests", "prov_units", "prov_systems", "prov_tokens", "prov_brake", "prov_breaker", "prov_calendar", "prov_evidence"}
MAY = {
    "base": set(), "conf": {"conf"}, "domain": DOMAIN, "job": {"job"}, "audit": {"evidence"}, "intake": DOMAIN | {"intake", "intake_rows"},
    "connect": {"connect", "scim"}, "oidc": {"connect", "oidc"},
    "directory": DOMAIN | PORT | {"lease", "server", "feed", "backup", "dump"},
    "check": DOMAIN | {"dump", "check"},
    "view": DOMAIN | VIEW | {"session", "feed"},
    "provision": DOMAIN | PORT | {"server", "evidence"} | VIEW | CASES | {"connect", "job"},
    "history": DOMAIN | PORT | VIEW | {"provision", "history"},
    "reconcile": DOMAIN | PORT | VIEW | CASES | {"connect", "job", "reconcile", "scim", "lease", "table", "intake"},
    "reporting": DOMAIN | PORT | VIEW | CASES | {"report", "table", "titles", "prov_report", "prov_schedule"},
    "report": DOMAIN | {"report", "table", "titles"},
    "paper": {"paper"},
    "http": {"http", "job"},
    "api": DOMAIN | PORT | {"evidence", "feed", "intake", "intake_rows"} | VIEW | CASES | {"api", "http", "reconcile", "history", "connect", "report", "table", "titles", "job", "paper", "prov_report", "prov_schedule", "oidc"},
}
SHOWN_TO = {use: {use, "provision"} for use in ("history", "reconcile", "reporting")}  # use cases over the core see its inner header
# libzip has two: one place unpacks what people send, one packs what they are given
OWNER = {"ldap.h": "directory", "lber.h": "directory", "microhttpd.h": "http", "curl/curl.h": "connect", "jansson.h": "base",
         "unicode/": "base", "openssl/": "base", "xlsxwriter.h": "report", "pango/": "report/letter", "cairo": "report/letter",
         "qrencode.h": "paper", "cjose/": "oidc", "csv.h": "intake", "zip.h": ("intake", "report/letter/docx/pack.c"), "expat.h": "intake"}
BANNED = ["sprintf", "vsprintf", "strcpy", "strcat", "strncpy", "strtok", "atoi", "atol", "sscanf", "gets", "localtime", "gmtime",
          "strerror", "sleep", "usleep", "alloca"]


def sources(layer):
    return sorted(p for p in (SERVICE / layer).rglob("*.[ch]"))


def includes(path):
    return re.findall(r'^\s*#\s*include\s+["<]([^">]+)[">]', path.read_text(), re.M)


def test_layers_include_only_what_lies_below():
    wrong = []
    for layer in LAYERS:
        for path in sources(layer):
            for name in includes(path):
                public = re.fullmatch(r"congvu/(\w+)\.h", name)
                if public and public[1] not in BASE | MAY[layer]:
                    wrong.append(f"{path.relative_to(ROOT)} includes {name}")
                inner = name.split("/")[0]
                if inner in LAYERS and inner not in SHOWN_TO.get(layer, {layer}):
                    wrong.append(f"{path.relative_to(ROOT)} looks into {name}")
    assert wrong == []


def test_a_foreign_library_shows_in_one_folder_only():
    wrong = []
    for path in list(SERVICE.rglob("*.[ch]")) + list((ROOT / "include").rglob("*.h")):
        for name in includes(path):
            for header, owner in OWNER.items():
                inside = any(path.is_relative_to(SERVICE / o) for o in ([owner] if isinstance(owner, str) else owner))
                if (name == header or (not header.endswith(".h") and name.startswith(header))) and not inside:
                    wrong.append(f"{path.relative_to(ROOT)} includes {name}")
    assert wrong == []


def code_only(text):
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"//[^\n]*", "", text)
    return re.sub(r'"(?:\\.|[^"\\])*"', '""', text)


def banned_in(text):
    return [f for f in BANNED if re.search(rf"(?<![\w.>]){f}\s*\(", code_only(text))]


def test_banned_functions():
    wrong = {str(p.relative_to(ROOT)): banned_in(p.read_text()) for p in SERVICE.rglob("*.[ch]")}
    assert {k: v for k, v in wrong.items() if v} == {}


def test_the_ban_sees_what_it_must():
    assert banned_in("x = sprintf(b, \"%d\", 1);") == ["sprintf"]
    assert banned_in("/* sprintf( */ snprintf(b, 1, \"gets(\"); mygets(x);") == []


def test_public_headers_tell_their_story_and_thread_rule():
    for header in sorted((ROOT / "include/congvu").glob("*.h")):
        first = re.match(r"\s*/\*(.*?)\*/", header.read_text(), re.S)
        assert first, f"{header.name} opens with no comment"
        assert first[1].count("\n") >= 4 and "thread" in first[1].lower(), header.name


# Whoever sets what is wanted of an account, or that a password is set, goes round the rules of who may ask for it.
ASKING = r"->(?:desired|cause|credential_set) = "
MAY_ASK = {
    "view/store/person.c": "keeps a copy",
    "domain/account/wishes.c": "the rules themselves",
    "directory/map/account.c": "reads what is stored",
    "directory/map/unit_account.c": "reads what is stored",
    "provision/staff/credentials.c": "the person has set an own password",
    "reconcile/scim/account.c": "deleted there after its time: there is no way back",
}


def test_one_place_says_what_is_wanted_of_an_account():
    asking = {str(p.relative_to(SERVICE)) for p in SERVICE.rglob("*.c") if re.search(ASKING, code_only(p.read_text()))}
    assert {a for a in asking if not any(a.startswith(m) for m in MAY_ASK)} == set()


def functions():
    """(file, name, lines) of every function, from ctags."""
    files = [str(p) for p in SERVICE.rglob("*.c")]
    out = subprocess.run(["ctags", "-x", "--_xformat=%F\t%N\t%n\t%e", "--kinds-C=f", "--fields=+ne", *files],
                         capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        path, name, start, end = line.split("\t")
        if end.isdigit():
            yield path, name, int(end) - int(start) + 1


def test_size_is_a_gate():
    sizes = sorted(n for _, _, n in functions())
    assert sizes[len(sizes) // 2] <= 18
    assert sizes[int(len(sizes) * 0.95)] <= 60
    assert [(p, f, n) for p, f, n in functions() if n > 100] == []
    assert [str(p) for p in SERVICE.rglob("*.c") if len(p.read_text().splitlines()) > 600] == []


def test_every_mutex_has_a_rank():
    raw = re.compile(r"\bpthread_(?:mutex_\w+|rwlock_(?:rd|wr)lock)\s*\(")
    own = {"service/base/lock.c", "service/view/figures/window.c", "service/view/store/store.c", "service/view/feed/sweep.c", "service/view/feed/feed.c"}
    assert {str(p.relative_to(ROOT)) for p in SERVICE.rglob("*.[ch]") if raw.search(code_only(p.read_text()))} - own == set()


def test_a_folder_is_a_room_not_a_hall():
    folders = [d for d in [SERVICE, *SERVICE.rglob("*")] if d.is_dir()]
    assert {str(d.relative_to(ROOT)): n for d in folders if (n := len(list(d.glob("*.c")))) > 14} == {}


def test_every_source_says_what_it_is_for():
    assert [str(p.relative_to(ROOT)) for p in SERVICE.rglob("*.[ch]") if not p.read_text().startswith("/*")] == []


# Each version formats a little differently: this one counts. Debian 13 has none of it.
FORMATTER = "clang-format-14"


@pytest.mark.skipif(not shutil.which(FORMATTER), reason=f"{FORMATTER} decides, and is not here")
def test_formatted_by_the_rules_of_the_tree():
    files = [str(p.relative_to(ROOT)) for d in ("service", "include", "tests") for p in (ROOT / d).rglob("*.[ch]") if "node_modules" not in p.parts]
    out = subprocess.run([FORMATTER, "--dry-run", *files], cwd=ROOT, capture_output=True, text=True)
    assert {line.split(":")[0] for line in out.stderr.splitlines() if "warning" in line} == set()


def test_messages_end_without_a_full_stop():
    calls = re.compile(r"\b(?:cv_fail|cv_fail_as|cv_fault_add|htp_refuse|api_query_fault)\((.*?)\);", re.S)
    wrong = [f"{p.relative_to(ROOT)}: {text}" for p in SERVICE.rglob("*.c") for call in calls.findall(p.read_text())
             for text in re.findall(r'"((?:\\.|[^"\\\n])*[^.])\."\s*[,)]', call + ")")]
    assert wrong == []


def test_a_buffer_that_frees_itself_begins_empty():
    """It is freed on every way out, also on one before it is made."""
    assert [str(p) for p in SERVICE.rglob("*.c") if re.search(r"cv_auto_buf [^=;]*;", code_only(p.read_text()))] == []
