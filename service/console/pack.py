"""pack.py OUT: the program carries no console. pack.py OUT FOLDER TAR: it carries what Vite made in FOLDER, which is kept as TAR for builds without npm.
pack.py OUT TAR SHA256: it carries a TAR of before, when it is the one that is meant.

Into OUT go console.S, console_files.inc and console_hash.h. Each file stands there plain and compressed; the page itself has the empty name. The same files
are the same TAR everywhere, so that its SHA-256 says which console a program carries."""
import gzip
import hashlib
import io
import pathlib
import re
import sys
import tarfile

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


def bundled(folder):
    """A tar of the files alone: in order, without owner and time."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for file in [folder / "index.html", *sorted((folder / "console").iterdir())]:
            entry = tarfile.TarInfo(str(file.relative_to(folder)))
            entry.size = file.stat().st_size
            with file.open("rb") as content:
                tar.addfile(entry, content)
    return out.getvalue()


def unpacked(content):
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        for entry in tar:
            assert entry.isfile() and re.fullmatch(r"index\.html|console/[A-Za-z0-9_-]+\.(js|css)", entry.name), f"{entry.name} is no file of a console"
            yield pathlib.PurePath(entry.name), tar.extractfile(entry).read()


def taken(tar, wanted):
    content = tar.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != wanted.lower():
        sys.exit(f"{tar} has the SHA-256 {found}, not {wanted} (CONSOLE_SHA256)")
    return content


def carried(out, content):
    lines, table = ["/* Made by pack.py. */", "    .section .rodata"], []
    for number, (name, plain) in enumerate(unpacked(content) if content else ()):
        for label, suffix, data in ((f"console_{number}", "plain", plain), (f"console_{number}_gz", "gz", gzip.compress(plain, 9, mtime=0))):
            source = out / f"console-{number}.{suffix}"
            source.write_bytes(data)
            lines += [f"    .global {label}, {label}_end", f"{label}:", f'    .incbin "{source}"', f"{label}_end:", "    .byte 0"]
        table.append(f'CONSOLE_FILE({number}, "{"" if name.suffix == ".html" else name.name}", "{TYPES[name.suffix]}")')
    (out / "console.S").write_text("\n".join([*lines, '    .section .note.GNU-stack,"",%progbits', ""]))
    (out / "console_hash.h").write_text(f'#define CONSOLE_HASH "{hashlib.sha256(content).hexdigest() if content else ""}"\n')
    (out / "console_files.inc").write_text("\n".join([*table, ""]))


def main():
    out, *source = sys.argv[1:]
    content = b""
    if source and pathlib.Path(source[0]).is_dir():
        content = bundled(pathlib.Path(source[0]))
        pathlib.Path(source[1]).write_bytes(content)
    elif source:
        content = taken(pathlib.Path(source[0]), source[1])
    carried(pathlib.Path(out), content)


main()
