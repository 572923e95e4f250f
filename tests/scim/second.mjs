// Another third-party SCIM 2.0 server (the SCIM plugin of better-auth) over tables in memory. It listens on the loopback port it is given, or a
// free one, and prints it. SIGTERM writes the tables to the state file, from which the next start takes them.
import { webcrypto } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import { deserialize, serialize } from "node:v8";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { getAuthTables } from "better-auth/db";
import { toNodeHandler } from "better-auth/node";
import { scim } from "@better-auth/scim";

globalThis.crypto ??= webcrypto; // Node 18, which Debian 12 has, hides it

const { SCIM_TOKEN: token, SCIM_STATE: state, SCIM_PORT: port } = process.env;
const options = {
    secret: "Kh0ng-Ph4i-Bi-M4t-Chi-De-Th0-Nghiem-7391",
    baseURL: "http://127.0.0.1",
    telemetry: { enabled: false },
    plugins: [scim({ connections: [{ id: "congvu", credentials: [{ type: "bearer", id: "tests", token }] }] })],
};
const tables = existsSync(state) ? deserialize(readFileSync(state)) : {};
for (const { modelName } of Object.values(getAuthTables(options))) tables[modelName] ??= [];

const handle = toNodeHandler(betterAuth({ ...options, database: memoryAdapter(tables) }));
const server = http.createServer(handle).listen(Number(port), "127.0.0.1", () => console.log(server.address().port));
process.on("SIGTERM", () => { writeFileSync(state, serialize(tables)); process.exit(0); });
