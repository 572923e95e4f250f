#!/usr/bin/env bash
# Three packages of npm that take marks off letters, on the 134 letters that Vietnamese adds to ASCII:
#   lodash.deburr 4.1.0   composed (NFC, as keyboards write): 94 stay, so "Nguyễn Đức Ước" becomes "Nguyễn Dức Ước"; decomposed (NFD): all go
#   remove-accents 0.5.0  NFC: all but ỷ ỹ ỵ and their capitals ("Vỹ" and "Kỷ" stay); NFD: nothing but đ goes, which is the other way round
#   slugify 1.6.6         đ becomes "dj" in either form unless it is called with { locale: 'vi' }: "Đặng" is "DJang"
# The first looks right where all letters are those of Western Europe too (Lê Đình Tú), the second on nearly all names, the third on whoever has no Đ.
# So: normalize('NFD'), take \p{M} off, then đ and Đ by hand; three lines that need no package.
# Ends with 0 while it is so. Needs node and npm.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund lodash.deburr@4.1.0 remove-accents@0.5.0 slugify@1.6.6
cat > seen.cjs <<'JS'
const deburr = require("lodash.deburr"), removeAccents = require("remove-accents"), slugify = require("slugify");
const own = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d").replace(/Đ/g, "D");
const letters = ["đ", "Đ"];
for (const vowel of ["a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y"])
    for (const tone of ["", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"])
        for (const letter of [vowel + tone, vowel.toUpperCase() + tone]) letters.push(letter.normalize("NFC"));
const added = letters.filter((letter) => letter > "\x7f");
const tried = { "lodash.deburr": deburr, "remove-accents": removeAccents, slugify: (text) => slugify(text, " "), "slugify, vi": (text) => slugify(text, { replacement: " ", locale: "vi" }), own };
const seen = [];
for (const [name, fold] of Object.entries(tried))
    for (const form of ["NFC", "NFD"]) {
        const kept = added.filter((letter) => !/^[A-Za-z]$/.test(fold(letter.normalize(form))));
        seen.push(kept.length);
        console.log(`${name}, ${form}: ${kept.length} of ${added.length} are no letter of ASCII: ${kept.slice(0, 8).join("")}  ${fold("Nguyễn Đức Vỹ".normalize(form)).normalize("NFC")}`);
    }
process.exit(JSON.stringify(seen) === "[94,0,6,132,2,2,0,0,0,0]" ? 0 : 1);
JS
node seen.cjs
