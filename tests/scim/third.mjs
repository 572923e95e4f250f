// A SCIM 2.0 server as vendors build them around other people's libraries: scim-patch for PATCH, scim2-parse-filter for filters, Express for the
// rest, over an array in memory. It listens on a free loopback port and prints it; what it keeps is looked at over SCIM itself.
import { randomUUID } from "node:crypto";
import express from "express";
import { scimPatch } from "scim-patch";
import { filter, parse } from "scim2-parse-filter";

const token = process.env.SCIM_TOKEN;
const users = new Map();
const base = "/api/scim/v2";
const LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

class Refusal extends Error {
    constructor(status, detail, scimType) { super(detail); Object.assign(this, { status, scimType }); }
}
const fail = (status, detail, scimType) => { throw new Refusal(status, detail, scimType); };
const found = (id) => users.get(id) ?? fail(404, `no user ${id}`);
const free = (user, id) => { if ([...users.values()].some((u) => u.id !== id && u.userName.toLowerCase() === user.userName.toLowerCase())) fail(409, "userName is taken", "uniqueness"); };

function keep(user, id, created) {
    if (typeof user.userName !== "string") fail(400, "userName is required", "invalidValue");
    free(user, id);
    const now = new Date().toISOString();
    users.set(id, { ...user, id, meta: { resourceType: "User", created: created ?? now, lastModified: now, location: `${origin}${base}/Users/${id}` } });
    return users.get(id);
}

let origin = "";
const app = express();
app.use(express.json({ type: ["application/scim+json", "application/json"], limit: "20mb" }));
app.use(base, (ask, _, next) => next(ask.header("authorization") === `Bearer ${token}` ? undefined : new Refusal(401, "who is this?")));
app.get(`${base}/ServiceProviderConfig`, (_, answer) => answer.json({ patch: { supported: true }, filter: { supported: true, maxResults: 100 }, etag: { supported: false } }));
app.get(`${base}/Users`, (ask, answer) => {
    let all = [...users.values()];
    try { if (ask.query.filter) all = all.filter(filter(parse(ask.query.filter))); } catch (error) { fail(400, error.message, "invalidFilter"); }
    const start = Math.max(Number(ask.query.startIndex ?? 1), 1), count = Math.min(Number(ask.query.count ?? 100), 100);
    const Resources = all.slice(start - 1, start - 1 + count);
    answer.json({ schemas: [LIST], totalResults: all.length, startIndex: start, itemsPerPage: Resources.length, Resources });
});
app.post(`${base}/Users`, (ask, answer) => {
    const made = keep(ask.body, randomUUID());
    answer.status(201).location(made.meta.location).json(made);
});
app.get(`${base}/Users/:id`, (ask, answer) => answer.json(found(ask.params.id)));
app.put(`${base}/Users/:id`, (ask, answer) => answer.json(keep(ask.body, ask.params.id, found(ask.params.id).meta.created)));
app.patch(`${base}/Users/:id`, (ask, answer) => {
    const copy = structuredClone(found(ask.params.id));
    try { scimPatch(copy, ask.body.Operations); } catch (error) { fail(400, error.message, "invalidPath"); }
    answer.json(keep(copy, ask.params.id, copy.meta.created));
});
app.delete(`${base}/Users/:id`, (ask, answer) => { found(ask.params.id); users.delete(ask.params.id); answer.status(204).end(); });
app.use((error, _ask, answer, _next) => answer.status(error.status ?? 500).json({ schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
    status: String(error.status ?? 500), detail: error.message, scimType: error.scimType }));
const server = app.listen(0, "127.0.0.1", () => { origin = `http://127.0.0.1:${server.address().port}`; console.log(server.address().port); });
