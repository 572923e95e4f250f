"""pack.py OUT [BUNDLE]: the three files of the console and their compressed copies into OUT; empty ones without a BUNDLE."""
import gzip
import pathlib
import sys

FILES = {"console.html": "index.html", "console.js": "console/app.js", "console.css": "console/app.css"}


def main():
    out = pathlib.Path(sys.argv[1])
    for name, source in FILES.items():
        content = (pathlib.Path(sys.argv[2]) / source).read_bytes() if len(sys.argv) > 2 else b""
        (out / name).write_bytes(content)
        (out / (name + ".gz")).write_bytes(gzip.compress(content, 9, mtime=0) if content else b"")


main()
