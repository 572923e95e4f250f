// A third-party SCIM 2.0 server (scimmy with scimmy-routers) over an array in memory. It listens on a free loopback port and prints it.
// Beside /scim/v2 there is /store, through which a test looks at what is kept and puts in what was there before.
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const token = process.env.SCIM_TOKEN;
const users = new Map(); // id -> {id, data, meta}
let last = 0;
let writes = 0;

const clash = (id, data) => [...users.values()].some((u) => u.id !== id && u.data.userName.toLowerCase() === String(data.userName).toLowerCase());
const shown = (u) => ({ ...u.data, id: u.id, meta: u.meta });

SCIMMY.Resources.declare(SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false), {
    egress: (resource) => {
        if (resource.id) {
            if (!users.has(resource.id)) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
            return shown(users.get(resource.id));
        }
        const all = [...users.values()].map(shown);
        return resource.filter ? resource.filter.match(all) : all;
    },
    ingress: (resource, data) => {
        const id = resource.id ?? `u-${++last}`;
        if (resource.id && !users.has(id)) throw new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);
        if (clash(id, data)) throw new SCIMMY.Types.Error(409, "uniqueness", `userName ${data.userName} is taken`);
        const now = new Date();
        const created = users.get(id)?.meta.created ?? now;
        const kept = JSON.parse(JSON.stringify(data));
        delete kept.id; delete kept.meta; delete kept.schemas;
        users.set(id, { id, data: kept, meta: { resourceType: "User", created, lastModified: now } });
        writes += 1;
        return shown(users.get(id));
    },
    degress: (resource) => {
        if (!users.delete(resource.id)) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
        writes += 1;
    },
});

const app = express();
app.get("/store", (_, answer) => answer.json({ users: [...users.values()].map(shown), writes }));
app.post("/store", express.json({ limit: "20mb" }), (ask, answer) => {
    const now = new Date("2026-01-02T03:04:05Z");
    for (const data of ask.body) {
        const id = data.id ?? `u-${++last}`;
        const { id: _, ...kept } = data;
        users.set(id, { id, data: kept, meta: { resourceType: "User", created: now, lastModified: now } });
    }
    answer.status(204).end();
});
app.delete("/store/:id", (ask, answer) => { users.delete(ask.params.id); answer.status(204).end(); });
app.use("/scim/v2", new SCIMMYRouters({
    type: "bearer",
    baseUri: () => null,
    handler: (ask) => {
        if (ask.header("Authorization") !== `Bearer ${token}`) throw new Error("Unknown token");
        return "congvu";
    },
}));
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
