// What the tests share: where the server is, who asks, tokens that end soon, and a line that can be cut.
import assert from 'node:assert/strict';
import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';

import { asker } from './onrecord.mjs';

export const { ONRECORD_URL: url, ONRECORD_ANN: ann, ONRECORD_BO: bo } = process.env;

/** A token for the same person as another one, that is valid for some seconds. */
export function lasting(seconds, token = ann) {
  const [head, claims] = token.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));
  const now = Math.floor(Date.now() / 1000);
  const said = [head, { ...claims, iat: now, exp: now + seconds, jti: randomUUID() }];
  const text = said.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const key = createPrivateKey(readFileSync(process.env.ONRECORD_ISSUER_KEY));
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
}

/** The result of a mutation that is done, by Ann unless somebody else's token is given. */
export async function done(name, selection, input, token = ann) {
  const type = name[0].toUpperCase() + name.slice(1);
  const query = `mutation ($input: ${type}Input!) {
    ${name}(input: $input) { __typename ... on ${type}Done { ${selection} } ... on Refused { explanation } }
  }`;
  const { data, errors } = await asker(url, () => token)(query, { input });
  assert.equal(errors, undefined);
  assert.equal(data[name].__typename, `${type}Done`, data[name].explanation);
  return data[name];
}

/** The id of a new channel that both may see. */
export async function channel(name = '设计 Design') {
  return (await done('openChannel', 'channel { id }', { name, visibility: 'PUBLIC' })).channel.id;
}

/** Says something; the message's id and its position. */
export async function say(where, text, token = ann) {
  const { position, message } = await done('postMessage', 'position message { id }', { channel: where, text }, token);
  return { id: message.id, position };
}

/** The server's address by way of a line that `cut` breaks: whoever connects again gets through. */
export async function line() {
  const target = new URL(url);
  const open = new Set();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [one, other] of [[near, far], [far, near]]) {
      open.add(one);
      one.on('error', () => other.destroy()).on('close', () => other.destroy()).pipe(other);
    }
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const cut = () => open.forEach((socket) => socket.destroy());
  const close = () => (server.close(), cut());
  return { url: `http://127.0.0.1:${server.address().port}/graphql`, cut, close };
}

/** Collects values; `until` settles when some number of them has come. */
export function collector() {
  const values = [];
  let wake = () => {};
  const take = (value) => (values.push(value), wake());
  const until = async (number) => {
    const deadline = setTimeout(() => {
      throw new Error(`${values.length} of ${number} came: ${JSON.stringify(values)}`);
    }, 20_000);
    while (values.length < number) await new Promise((woken) => { wake = woken; });
    clearTimeout(deadline);
    return values;
  };
  return { values, take, until };
}
