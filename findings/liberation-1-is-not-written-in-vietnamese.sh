#!/usr/bin/env bash
# Debian 12 has two packages with the family "Liberation Serif" (the widths of Times New Roman, which Decree 30/2020 asks for): fonts-liberation
# 1.07.4 and fonts-liberation2 2.1.5. Of the 134 letters that Vietnamese adds to ASCII the first lacks 92, also Ơ and Ư; the second has all.
# The family's name does not tell them apart. Debian 13 has 2.1.5 under the name of the first, so a list of packages that is right there
# is wrong on 12.
# So: name fonts-liberation2 on Debian 12, and look into the font before it is used.
# Ends with 0 while it is so. Needs curl, dpkg-deb and fc-query (fontconfig).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
pool=http://deb.debian.org/debian/pool/main/f
curl -fsS -o one.deb "$pool/fonts-liberation/fonts-liberation_1.07.4-11_all.deb"
curl -fsS -o two.deb "$pool/fonts-liberation2/fonts-liberation2_2.1.5-1_all.deb"
cat >letters.py <<'PY'
import subprocess, sys, unicodedata
vowels = [v + m for v in ("a", "a\u0306", "a\u0302", "e", "e\u0302", "i", "o", "o\u0302", "o\u031b", "u", "u\u031b", "y") for m in ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")]
letters = {unicodedata.normalize("NFC", case(v)) for v in vowels for case in (str.lower, str.upper)} | {"đ", "Đ"}
letters = {c for c in letters if ord(c) > 127}
there = set()
for part in subprocess.run(["fc-query", "--format", "%{charset}", sys.argv[1]], capture_output=True, text=True, check=True).stdout.split():
    first, _, last = part.partition("-")
    there |= set(range(int(first, 16), int(last or first, 16) + 1))
print(sum(ord(c) not in there for c in letters), "of", len(letters))
PY
seen=""
for package in one two; do
    dpkg-deb -x "$package.deb" "$package"
    font=$(find "$package" -name LiberationSerif-Regular.ttf)
    lacks=$(python3 letters.py "$font")
    echo "$(dpkg-deb -f "$package.deb" Package Version | tr '\n' ' ') $(fc-query --format '%{family}' "$font"): lacks $lacks Vietnamese letters"
    seen="$seen$lacks; "
done
[ "$seen" = "92 of 134; 0 of 134; " ]
