#!/bin/bash
# scimmy 1.3.5: a page behind the last one is the first page again.
#
# RFC 7644 3.4.2.4 counts from startIndex; behind the end there is nothing, and clients commonly ask on until a page comes empty. Of five
# users, startIndex=6&count=2 answers users 1 and 2, with totalResults 5 and startIndex 6: such a client never ends, and one that counts sees
# people twice. startIndex=5 is right (one user).
# So: for who pages against servers at large the end is a page that brings nobody new, as Congvu's comparison has it, not an empty one.
#
# Installs the package into a temporary folder. Exit 0: still so; 1: it has changed; 2: it could not be tried.
set -u
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 2
npm install --silent --no-audit --no-fund scimmy@1.3.5 >npm.log 2>&1 || {
    cat npm.log >&2
    exit 2
}
cat >seen.mjs <<'JS'
import { readFileSync } from 'node:fs';
import SCIMMY from 'scimmy';
const { version } = JSON.parse(readFileSync('node_modules/scimmy/package.json', 'utf8'));
const { User } = SCIMMY.Resources;
const people = ['an', 'binh', 'chi', 'dung', 'em'].map((userName, i) => ({ id: String(i + 1), userName }));
SCIMMY.Resources.declare(User).egress(() => people);
const expected = [[3, 'chi dung'], [5, 'em'], [6, 'an binh'], [100, 'an binh']];
let same = true;
for (const [startIndex, described] of expected) {
    const page = await new User({ startIndex, count: 2 }).read();
    const names = page.Resources.map(({ userName }) => userName).join(' ');
    console.log(`scimmy ${version}: startIndex=${startIndex}&count=2 of five -> totalResults ${page.totalResults}, startIndex ${page.startIndex}: ${names || '(nobody)'}`);
    same = same && names === described;
}
process.exit(same ? 0 : 1);
JS
node seen.mjs
