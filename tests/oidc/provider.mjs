// A third-party OpenID provider (oidc-provider) with one client and accounts in memory. It listens on the loopback port of PORT (0 = a free one) and
// prints it; its keys are new at each start. Through /accounts a test says who is who.
import http from "node:http";
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const accounts = new Map(); // login -> claims
const key = (type, options, more) => ({ ...generateKeyPairSync(type, options).privateKey.export({ format: "jwk" }), use: "sig", ...more });
const serial = Date.now().toString(36);
const jwks = { keys: [key("rsa", { modulusLength: 2048 }, { alg: "RS256", kid: `rsa-${serial}` }), key("ec", { namedCurve: "P-256" }, { alg: "ES256", kid: `ec-${serial}` })] };

const server = http.createServer();
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
    const { port } = server.address();
    const provider = new Provider(`http://127.0.0.1:${port}`, {
        jwks,
        clients: [{ client_id: "congvu", client_secret: process.env.CLIENT_SECRET, redirect_uris: [process.env.REDIRECT_URI], id_token_signed_response_alg: process.env.ALG ?? "RS256" }],
        cookies: { keys: ["only for tests"] },
        pkce: { required: () => true },
        conformIdTokenClaims: false,
        routes: { token: "/o/token/", jwks: "/o/jwks/" }, // as of providers whose addresses end so, and mean it
        claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["preferred_username"] },
        findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts.get(id) }) }),
    });
    const answer = provider.callback();
    server.on("request", (request, response) => {
        if (["/o/token", "/o/jwks"].includes(request.url)) return response.writeHead(301, { Location: `${request.url}/` }).end();
        if (request.url !== "/accounts") return answer(request, response);
        let text = "";
        request.on("data", (piece) => (text += piece));
        request.on("end", () => {
            for (const [login, claims] of Object.entries(JSON.parse(text))) accounts.set(login, claims);
            response.end("{}");
        });
    });
    console.log(port);
});
