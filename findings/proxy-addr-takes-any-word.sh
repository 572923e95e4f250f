#!/bin/bash
# proxy-addr 2.0.7 (what Express asks for `req.ip`): behind a trusted proxy the client's address is whatever word stands last, address or not.
#
# Squid with `forwarded_for off` writes the word "unknown" (RFC 7239 knows it too), some gateways write "address:port". A good guess is that what is
# no address counts as absent, as nginx's realip module has it, which keeps the connection's address. proxy-addr hands the word out as the address: all clients
# behind such a proxy are one ("unknown"), and with ports each connection is another client, so a limit per address slows everybody or nobody.
# So: whoever counts by address parses it first; Congvu takes the proxy's own address when its word is none.
#
# Installs the package into a temporary folder. Exit 0: still so; 1: it has changed; 2: it could not be tried.
set -u
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 2
npm install --silent --no-audit --no-fund proxy-addr@2.0.7 >npm.log 2>&1 || {
    cat npm.log >&2
    exit 2
}
cat >seen.js <<'JS'
const { version } = require('proxy-addr/package.json');
const proxyaddr = require('proxy-addr');
const expected = { 'unknown': 'unknown', '198.51.100.7:5123': '198.51.100.7:5123', '203.0.113.5, unknown': 'unknown', '198.51.100.7': '198.51.100.7' };
let same = true;
for (const [header, described] of Object.entries(expected)) {
    const request = { socket: { remoteAddress: '10.0.0.1' }, connection: { remoteAddress: '10.0.0.1' }, headers: { 'x-forwarded-for': header } };
    const address = proxyaddr(request, ['10.0.0.0/8']);
    console.log(`proxy-addr ${version}: connection from the trusted 10.0.0.1, X-Forwarded-For: ${header} -> ${JSON.stringify(address)}`);
    same = same && address === described;
}
process.exit(same ? 0 : 1);
JS
node seen.js
