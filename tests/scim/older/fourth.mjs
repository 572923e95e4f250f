// An older release of the second server's SCIM plugin, which was written anew since: it keeps a name, an address and the mark, its accounts are
// always active, and the login is the address. Tables in memory. It listens on a free loopback port and prints it.
import { webcrypto } from "node:crypto";
import http from "node:http";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { getAuthTables } from "better-auth/db";
import { toNodeHandler } from "better-auth/node";
import { scim } from "@better-auth/scim";

globalThis.crypto ??= webcrypto; // Node 18, which Debian 12 has, hides it

const [scimToken, providerId] = Buffer.from(process.env.SCIM_TOKEN, "base64url").toString().split(":");
const options = {
    secret: "Kh0ng-Ph4i-Bi-M4t-Chi-De-Th0-Nghiem-7391",
    baseURL: "http://127.0.0.1",
    telemetry: { enabled: false },
    logger: { disabled: true },
    plugins: [scim({ defaultSCIM: [{ providerId, scimToken }] })],
};
const tables = Object.fromEntries(Object.values(getAuthTables(options)).map(({ modelName }) => [modelName, []]));
const handle = toNodeHandler(betterAuth({ ...options, database: memoryAdapter(tables) }));
const server = http.createServer(handle).listen(0, "127.0.0.1", () => console.log(server.address().port));
