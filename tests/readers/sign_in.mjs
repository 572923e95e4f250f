// Signs in as an e-office does: finds the entry by the line of deploy/connectors/README.md, then binds as it. Standard input: uri, dn, secret, login,
// password, library, line. Prints unknown, refused or in.
import { readFileSync } from 'node:fs';
import ldap from 'ldapjs';
import { Client, EqualityFilter, InvalidCredentialsError } from 'ldapts';

const AsyncFunction = (async () => {}).constructor;
const asked = JSON.parse(readFileSync(0, 'utf8'));

const ldapts = {
  async find() {
    const client = new Client({ url: asked.uri });
    await client.bind(asked.dn, asked.secret);
    const search = new AsyncFunction('client', 'EqualityFilter', 'login', `${asked.line} return searchEntries;`);
    const entries = await search(client, EqualityFilter, asked.login);
    await client.unbind();
    return entries.map((entry) => entry.dn);
  },
  async opens(dn) {
    const client = new Client({ url: asked.uri });
    try {
      await client.bind(dn, asked.password);
      return true;
    } catch (error) {
      if (error instanceof InvalidCredentialsError) return false;
      throw error;
    } finally {
      await client.unbind();
    }
  },
};

const ldapjs = {
  bound(dn, secret) {
    const client = ldap.createClient({ url: asked.uri });
    return new Promise((done, failed) => client.bind(dn, secret, (error) => (error ? (client.destroy(), failed(error)) : done(client))));
  },
  async find() {
    const client = await this.bound(asked.dn, asked.secret);
    const found = await new Promise((done, failed) => {
      const search = new Function('client', 'ldap', 'login', 'found', asked.line);
      search(client, ldap, asked.login, (error, answer) => {
        const names = [];
        if (error) return failed(error);
        answer.on('searchEntry', (entry) => names.push(entry.objectName.toString()));
        answer.on('error', failed);
        answer.on('end', () => done(names));
      });
    });
    client.unbind();
    return found;
  },
  async opens(dn) {
    try {
      (await this.bound(dn, asked.password)).unbind();
      return true;
    } catch (error) {
      if (error instanceof ldap.InvalidCredentialsError) return false;
      throw error;
    }
  },
};

const library = { ldapts, ldapjs }[asked.library];
const names = await library.find();
if (names.length > 1) throw new Error(`${names.length} entries`);
console.log(names.length === 0 ? 'unknown' : (await library.opens(names[0])) ? 'in' : 'refused');
