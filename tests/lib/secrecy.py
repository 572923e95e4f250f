"""What no log, argument, environment or file may hold: noted as it passes the tests' clients, looked for whenever a service ends."""
import pathlib
import re
import subprocess
import tempfile

CODE = re.compile(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$")  # a one-time code; `code` of a problem is a word
SECRET = {"secret", "password", "current", "csrf", "seed", "uri"}
OWN = (".token", ".key", "credentials", ".secret", ".password", "run/")  # a secret's own file, by its name
KNOWN = set()


def note(*texts):
    KNOWN.update(text for text in texts if isinstance(text, str) and len(text) >= 10)


def note_all(value):
    """Of a request or an answer: what is called a secret."""
    if isinstance(value, dict):
        for name, inside in value.items():
            if isinstance(inside, str) and (name in SECRET or (name == "code" and CODE.match(inside))):
                note(inside, *([inside.replace("-", "")] if name == "code" else []))
            note_all(inside)
    elif isinstance(value, list):
        for inside in value:
            note_all(inside)


def of_process(pid):
    """What anybody on the machine, or root, reads of a process that runs."""
    told = b""
    for name in ("cmdline", "environ"):
        try:
            told += (pathlib.Path("/proc") / str(pid) / name).read_bytes()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            pass
    return told


def assert_in_no(processes, *places):
    """`processes`: what of_process() said."""
    if not KNOWN:
        return
    inside = [secret for secret in KNOWN if any(secret.encode() in told for told in processes)]
    assert not inside, f"{len(inside)} secrets in arguments or environment, as {inside[0][:6]}..."
    there = [place for place in map(str, places) if pathlib.Path(place).exists()]
    with tempfile.NamedTemporaryFile("w", prefix="cv-known-") as known:
        known.write("\n".join(KNOWN) + "\n")
        known.flush()
        found = subprocess.run(["grep", "-rlaFf", known.name, *there], capture_output=True, text=True).stdout.split("\n") if there else []
    told = [path for path in found if path and not any(own in path for own in OWN)]
    assert not told, f"a secret stands in {told}"
