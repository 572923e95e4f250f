#!/usr/bin/env bash
# @boxyhq/saml-jackson 1.52.2 (the directory sync of Ory Polis): the value of any filter is looked for among the mail addresses, whatever
# attribute and operator it names. `userName eq "annv"` finds nobody where logins are not addresses, `externalId eq ...` never finds anybody,
# both with 200 and an empty list; `title eq "ADDRESS"` finds the one with that address; `ne` gives a 500 in its server. So a client that asks
# whether somebody is there before it makes him is told no each time; only that an address is taken once (409) keeps him from being made twice.
# So: believe a filter after it has found somebody who is there for certain; read the list until then.
# Ends with 0 while it is so. Needs node and npm (260 MB of packages).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null; npm install --silent --no-audit --no-fund --omit=optional @boxyhq/saml-jackson@1.52.2
cat > seen.cjs <<'JS'
const { default: jackson } = require("@boxyhq/saml-jackson");
const { version } = require("@boxyhq/saml-jackson/package.json");
(async () => {
    const { directorySyncController: sync } = await jackson({ externalUrl: "http://127.0.0.1", samlAudience: "http://127.0.0.1", samlPath: "/x",
        db: { engine: "mem" }, noAnalytics: true, logger: { info() {}, warn() {}, error() {} } });
    const { data: directory } = await sync.directories.create({ tenant: "t", product: "p", name: "n", type: "generic-scim-v2", webhook_url: "", webhook_secret: "" });
    const ask = (method, query, body) => sync.requests.handle({ method, query, body, directoryId: directory.id, resourceType: "users", apiSecret: directory.scim.secret });
    for (const [userName, mail] of [["annv", "an@example.vn"], ["binhtt", "binh@example.vn"]])
        await ask("POST", {}, { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName, externalId: "x-" + userName, active: true,
            emails: [{ value: mail, type: "work", primary: true }] });
    const asked = [ // filter, what a reader of RFC 7644 expects, what is seen
        ['userName eq "annv"', "annv", ""],
        ['externalId eq "x-annv"', "annv", ""],
        ['title eq "an@example.vn"', "", "annv"],
        ['userName ne "an@example.vn"', "annv binhtt", "(fails)"],
    ];
    let changed = 0;
    for (const [filter, expected, seen] of asked) {
        let found;
        try { found = (await ask("GET", { filter })).data.Resources.map((u) => u.userName).sort().join(" "); } catch { found = "(fails)"; }
        console.log(`saml-jackson ${version}, node ${process.version}: ${filter}\n    expected: ${expected || "nobody"}, found: ${found || "nobody"}`);
        changed += found !== seen;
    }
    process.exit(changed ? 1 : 0);
})();
JS
node seen.cjs
