// A server that answers registered documents only: Apollo by hashes, Relay and graphql-ws by ids, and what else is sent.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { createClient } from 'graphql-ws';

import { asker } from './onrecord.mjs';
import { LatestDocument, SayDocument } from '../typed/trusted/graphql.ts';
import { ann, url } from './world.mjs';

const channel = process.env.ONRECORD_CHANNEL;
const relay = JSON.parse(readFileSync('relay/persisted.json', 'utf8'));
const idOf = (name) => Object.keys(relay).find((id) => new RegExp(`(query|subscription|mutation) ${name}\\b`).test(relay[id]));
const headers = { authorization: `Bearer ${ann}` };

test('Apollo sends hashes that the build made', async () => {
  const sent = [];
  const client = new ApolloClient({
    link: ApolloLink.from([
      new PersistedQueryLink({ generateHash: (document) => document.__meta__.hash }),
      new HttpLink({ uri: url, headers, fetch: (where, options) => (sent.push(JSON.parse(options.body)), fetch(where, options)) }),
    ]),
    cache: new InMemoryCache(),
  });
  const { data: done } = await client.mutate({ mutation: SayDocument, variables: { input: { channel, text: '你好' } } });
  assert.equal(done.postMessage.__typename, 'PostMessageDone');
  const variables = { channel, position: done.postMessage.position };
  const { data } = await client.query({ query: LatestDocument, variables });
  assert.deepEqual(data.channel.messages.nodes.map(({ text }) => text), ['你好', '早']);
  assert.deepEqual(sent.map(({ query }) => query), [undefined, undefined]);
  const unknown = gql`query Unknown { viewer { name } }`;
  unknown.__meta__ = { hash: '0'.repeat(64) };
  await assert.rejects(client.query({ query: unknown }), ({ errors }) => errors[0].extensions.code === 'DOCUMENT_NOT_TRUSTED');
  assert.equal(sent.length, 4, 'the hash first, then with the document, which is not registered');
});

test('Relay sends ids', async () => {
  const ask = async (body) =>
    (await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify(body),
    })).json();
  const { data } = await ask({ documentId: idOf('ChatQuery'), variables: { channel } });
  assert.equal(data.viewer.name, 'Ann 安');
  assert.equal((await ask({ documentId: 'unknown' })).errors[0].extensions.code, 'PERSISTED_QUERY_NOT_FOUND');
});

test('subscriptions too', async () => {
  const client = createClient({ url: url.replace('http', 'ws'), connectionParams: { token: ann } });
  const changes = client.iterate({ query: '', documentId: idOf('ChatSubscription'), variables: { channel, after: '1' } });
  const { value } = await changes.next();
  assert.equal(value.data.messages.__typename, 'MessageChange');
  await client.dispose();
});

test('nothing else is answered, and nothing of the schema', async () => {
  for (const query of ['{ viewer { name } }', '{ __schema { types { name } } }', '{']) {
    const { data, errors } = await asker(url, () => ann)(query);
    assert.deepEqual([data, errors[0].extensions.code], [undefined, 'DOCUMENT_NOT_TRUSTED']);
  }
});
