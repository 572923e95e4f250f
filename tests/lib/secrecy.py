"""What no log, argument, environment or file may hold: noted as it passes the tests' clients, looked for whenever a service ends."""
import os
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


MOST = 32 << 20  # a database of many thousands of people takes a minute to look through, and has nothing that a small one has not


def written_of(path):
    """What was written of a file: most of a database is a hole."""
    parts, at = [], 0
    with open(path, "rb") as file:
        while True:
            try:
                begins = os.lseek(file.fileno(), at, os.SEEK_DATA)
            except OSError:
                return b"".join(parts)
            at = os.lseek(file.fileno(), begins, os.SEEK_HOLE)
            file.seek(begins)
            parts.append(file.read(at - begins))


def solid(path, beside):
    """The file to read in place of it: itself, or what is written of it, or None."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_blocks * 512 > MOST:
            return None
        if path.stat().st_size <= 2 * path.stat().st_blocks * 512:
            return path
        copy = pathlib.Path(beside) / str(len(os.listdir(beside)))
        copy.write_bytes(written_of(path))
        return copy
    except OSError:
        return None


def assert_in_no(processes, *places):
    """`processes`: what of_process() said."""
    if not KNOWN:
        return
    inside = [secret for secret in KNOWN if any(secret.encode() in told for told in processes)]
    assert not inside, f"{len(inside)} secrets in arguments or environment, as {inside[0][:6]}..."
    files = [path for place in map(pathlib.Path, places) for path in ([place] if place.is_file() else place.rglob("*"))]
    with tempfile.TemporaryDirectory(prefix="cv-known-") as beside:
        known = pathlib.Path(beside) / "known"
        known.write_text("\n".join(KNOWN) + "\n")
        read = {str(solid(path, beside)): str(path) for path in files if not any(own in str(path) for own in OWN)}
        read.pop("None", None)
        found = subprocess.run(["xargs", "-0", "grep", "-laFf", known, "--"], input="\0".join(read), capture_output=True, text=True).stdout.split("\n") if read else []
    told = [read[path] for path in found if path]
    assert not told, f"a secret stands in {told}"
