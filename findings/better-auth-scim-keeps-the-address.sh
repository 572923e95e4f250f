#!/usr/bin/env bash
# @better-auth/scim 1.7.5: who is made without a name gets the mail address as displayName and as name.formatted; when the address is replaced,
# both keep the former one. So an address that was taken from somebody stays readable in his account, and is not in `emails`, where one looks.
# Ends with 0 while it is so. Needs node and npm.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund better-auth@1.7.5 @better-auth/core@1.7.5 @better-auth/scim@1.7.5 @better-auth/utils@0.4.2 better-call@1.4.0
cat > try.mjs <<'JS'
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import http from "node:http";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { getAuthTables } from "better-auth/db";
import { toNodeHandler } from "better-auth/node";
import { scim } from "@better-auth/scim";
globalThis.crypto ??= webcrypto;

const token = "only-for-this-trial";
const options = { secret: "only-for-this-trial-0123456789abcdef", baseURL: "http://127.0.0.1", telemetry: { enabled: false },
    plugins: [scim({ connections: [{ id: "trial", credentials: [{ type: "bearer", id: "trial", token }] }] })] };
const tables = Object.fromEntries(Object.values(getAuthTables(options)).map(({ modelName }) => [modelName, []]));
const handle = toNodeHandler(betterAuth({ ...options, database: memoryAdapter(tables) }));
const server = http.createServer(handle).listen(0, "127.0.0.1", run);

async function run() {
    const base = `http://127.0.0.1:${server.address().port}/api/auth/scim/v2/Users`;
    const call = async (method, path, body) => (await fetch(base + path, { method, headers: { authorization: `Bearer ${token}`,
        "content-type": "application/scim+json" }, body: body && JSON.stringify(body) })).json();
    const made = await call("POST", "", { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName: "annv", externalId: "1", active: true,
        emails: [{ value: "former@example.vn", type: "work", primary: true }] });
    await call("PATCH", `/${made.id}`, { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        Operations: [{ op: "replace", path: "emails", value: [{ value: "present@example.vn", type: "work", primary: true }] }] });
    const now = await call("GET", `/${made.id}`);
    console.log("@better-auth/scim", JSON.parse(readFileSync("node_modules/@better-auth/scim/package.json")).version, "node", process.version);
    console.log("emails        ", JSON.stringify(now.emails));
    console.log("displayName   ", now.displayName, "(expected: none, or the present address)");
    console.log("name.formatted", now.name?.formatted);
    const same = now.emails[0].value === "present@example.vn" && now.displayName === "former@example.vn" && now.name?.formatted === "former@example.vn";
    server.close();
    process.exit(same ? 0 : 1);
}
JS
node try.mjs
