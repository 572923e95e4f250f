#!/usr/bin/env bash
# scimmy 1.3.5: a filter's value is a JSON string (RFC 7644, 3.4.2.2), but its escapes are not decoded, and an attribute named with its schema
# (3.10) is not found. Both give an empty list and no error, so a client whose JSON library escapes what is not ASCII (Python's json.dumps does
# by default) is told that "Nguyễn" is not there, and makes him again.
# Ends with 0 while it is so. Needs node and npm.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null; npm install --silent --no-audit --no-fund scimmy@1.3.5
cat > try.mjs <<'JS'
import { readFileSync } from "node:fs";
import SCIMMY from "scimmy";
const people = [{ userName: "annv", displayName: "Nguyễn Văn An", title: "Phó \"quyền\" phòng" }];
const asked = [ // filter, what a reader of the RFC expects, what is seen
    ['displayName eq "Nguyễn Văn An"', 1, 1],
    ['displayName eq "Nguy\\u1ec5n V\\u0103n An"', 1, 0], // the same JSON string
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName eq "annv"', 1, 0], // the same attribute
    ['userName eq "annv"', 1, 1],
];
console.log("scimmy", JSON.parse(readFileSync("node_modules/scimmy/package.json")).version, "node", process.version);
let changed = 0;
for (const [filter, expected, seen] of asked) {
    let found;
    try { found = new SCIMMY.Types.Filter(filter).match(people).length; } catch (error) { found = error.message; }
    console.log(`${filter}\n    expected ${expected}, found ${found}`);
    changed += found !== seen;
}
process.exit(changed ? 1 : 0);
JS
node try.mjs
