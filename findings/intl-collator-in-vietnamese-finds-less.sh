#!/usr/bin/env bash
# Node 20.20.2 (ICU 78.2), as every browser with ICU: a comparison without marks finds less when it is told that the names are Vietnamese.
#
# Intl.Collator with sensitivity 'base' is what filters of tables and lists use ("case and accents do not count"). With 'en', or 'de', Tran is
# Trần, Dang is Đang, Uoc is Ước. With 'vi' none of them is: ă â đ ê ô ơ ư are letters of their own there, only tones do not count, so "ha" finds
# Hà and "hang" does not find Hằng. `usage: 'search'` brings 'vi' back to what 'en' does, and sensitivity 'accent' is of no help.
# So: usage 'search' with 'vi', or fold both sides; for sorting leave 'sort', where those letters must differ.
# Ends with 0 while it is so. Needs npm and node (any), which runs the one that is named.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node@20.20.2
cat > seen.mjs <<'JS'
const pairs = [["ha", "Hà"], ["hang", "Hằng"], ["tran", "Trần"], ["dang", "Đang"], ["uoc", "Ước"], ["tien", "Tiến"]];
const seen = [["en", "sort"], ["vi", "sort"], ["vi", "search"]].map(([language, usage]) => {
    const { compare } = new Intl.Collator(language, { usage, sensitivity: "base" });
    const found = pairs.map(([asked, name]) => compare(asked, name) === 0);
    console.log(`node ${process.version}, ICU ${process.versions.icu}, ${language}, ${usage}: ${pairs.map((p, i) => `${p[0]} ${found[i] ? "finds" : "does not find"} ${p[1]}`).join(", ")}`);
    return found.map(Number).join("");
});
process.exit(seen.join(" ") === "111111 100000 111111" ? 0 : 1);
JS
node_modules/.bin/node seen.mjs
