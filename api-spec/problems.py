#!/usr/bin/env python3
"""Prints the problem table as X-macro rows for the service: problems.py problems.yaml out.inc

Each row: CV_PROBLEM(code, status, "title en", "title vi", "remedy en", "remedy vi"), in the order of the file.
"""
import re
import sys

import yaml


def c_string(text):
    """A C string literal in plain UTF-8; nothing in it can end the literal or form a trigraph."""
    out = []
    for ch in text:
        if ch in '"\\?':
            out.append("\\" + ch)
        elif ord(ch) < 0x20 or ord(ch) == 0x7F:
            out.append("\\%03o" % ord(ch))
        else:
            out.append(ch)
    return '"' + "".join(out) + '"'


def check(rows):
    seen = set()
    for row in rows:
        code = row["code"]
        if not re.fullmatch(r"[a-z][a-z0-9_]*", code):
            raise SystemExit(f"problems: bad code {code!r}")
        if code in seen:
            raise SystemExit(f"problems: {code} is there twice")
        if not isinstance(row["status"], int) or not 400 <= row["status"] <= 599:
            raise SystemExit(f"problems: {code} has no error status")
        for part in ("title", "remedy"):
            for lang in ("vi", "en"):
                if not row[part][lang].strip():
                    raise SystemExit(f"problems: {code} has no {part} in {lang}")
        seen.add(code)


def render(rows):
    lines = ["/* Generated from api-spec/problems.yaml; do not edit. */"]
    for row in rows:
        texts = (row["title"]["en"], row["title"]["vi"], row["remedy"]["en"], row["remedy"]["vi"])
        lines.append(f"CV_PROBLEM({row['code']}, {row['status']}, " + ", ".join(map(c_string, texts)) + ")")
    lines.append(f"/* {len(rows)} problems */")
    return "\n".join(lines) + "\n"


def main(argv):
    if len(argv) != 3:
        raise SystemExit(__doc__)
    with open(argv[1], encoding="utf-8") as source:
        rows = yaml.safe_load(source)
    check(rows)
    with open(argv[2], "w", encoding="utf-8") as out:
        out.write(render(rows))


if __name__ == "__main__":
    main(sys.argv)
