// urql: queries, refusals, its normalised cache, pages, following and resuming by server-sent events.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, fetchExchange, gql } from '@urql/core';

import { EDIT, FOLLOW, PAGE, told } from './documents.mjs';
import { introspection } from './schema.mjs';
import { urql } from './urql.mjs';
import { ann, bo, channel, collector, done, line, say, url } from './world.mjs';

const client = urql(url, () => ann, introspection);
const texts = ({ data }) => data.channel.messages.edges.map(({ node }) => node.text);

test('a mistake in a document, and a query', async () => {
  const headers = { authorization: `Bearer ${ann}` };
  const plain = new Client({ url, exchanges: [fetchExchange], fetchOptions: { headers } });
  const { error } = await plain.query('{ nothing }', {});
  assert.match(error.graphQLErrors[0].message, /nothing/);
  const { data } = await client.query('{ viewer { id name } node(id: "nonsense") { id } }', {});
  assert.deepEqual([data.viewer.name, data.node], ['Ann 安', null]);
});

test('each result of a mutation has its type', async () => {
  const where = await channel();
  const { id } = await say(where, 'one');
  const result = async (who, text) => (await who.mutation(EDIT, { input: { message: id, text } })).data.editMessage;
  assert.equal(told(await result(client, '一')), 'Changed.');
  assert.match(told(await result(urql(url, () => bo, introspection), 'mine')), /^Not permitted; it takes: ./);
  assert.match(told(await result(client, 'x'.repeat(10_001))), /^text: ./);
  await done('retractMessage', 'position', { message: id });
  assert.equal(told(await result(client, 'late')), 'It has been taken back meanwhile.');
});

test('objects are cached by their ids, whatever they came in', async () => {
  const where = await channel();
  const { id, position } = await say(where, 'one');
  const shown = collector();
  const watching = client.query(PAGE, { channel: where, first: 10 }).subscribe((result) => shown.take(texts(result)));
  await shown.until(1);
  await client.mutation(EDIT, { input: { message: id, text: '一' } });
  await shown.until(2);
  const changes = client.subscription(FOLLOW, { channel: where, after: position });
  const following = changes.subscribe(({ error }) => error && shown.take(error));
  await done('editMessage', 'position', { message: id, text: 'said elsewhere' });
  assert.deepEqual(await shown.until(3), [['one'], ['一'], ['said elsewhere']]);
  watching.unsubscribe();
  following.unsubscribe();
});

test('pages become one list', async () => {
  const where = await channel();
  const said = [];
  for (let number = 0; number < 25; number += 1) said.unshift((await say(where, `message ${number}`), `message ${number}`));
  let pages = 0;
  let after = null;
  let page;
  for (let more = true; more; pages += 1) {
    page = await client.query(PAGE, { channel: where, first: 10, after });
    ({ hasNextPage: more, endCursor: after } = page.data.channel.messages.pageInfo);
  }
  assert.equal(pages, 3);
  assert.deepEqual(texts(page), said);
});

test('following resumes where it was', async () => {
  const where = await channel();
  const { url: near, cut, close } = await line();
  const begin = await say(where, 'begin');
  const heard = collector();
  const follower = urql(near, () => bo, introspection, { retry: async () => {} });
  const following = follower.subscription(FOLLOW, { channel: where, after: begin.position }).subscribe(({ data, error }) => {
    heard.take(error ?? data.messages.message.text);
    if (heard.values.length % 5 === 0) cut();
  });
  const said = Array.from({ length: 20 }, (_, number) => `message ${number}`);
  for (const text of said) await say(where, text);
  assert.deepEqual(await heard.until(20), said);
  following.unsubscribe();
  close();
});

test("urql's own reading of events", async () => {
  const headers = { authorization: `Bearer ${ann}` };
  const plain = new Client({ url, exchanges: [fetchExchange], fetchSubscriptions: true, fetchOptions: { headers } });
  const where = await channel();
  const begin = await say(where, 'begin');
  const heard = collector();
  const following = plain.subscription(gql(FOLLOW), { channel: where, after: begin.position }).subscribe(({ data, error }) => {
    heard.take(error ?? data.messages.message.text);
  });
  await say(where, 'one');
  await say(where, '二');
  assert.deepEqual(await heard.until(2), ['one', '二']);
  following.unsubscribe();
});
