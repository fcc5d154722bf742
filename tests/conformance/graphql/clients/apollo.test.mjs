// Apollo Client: queries, refusals, its cache, pages, following and resuming.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gql } from '@apollo/client';

import { apollo } from './apollo.mjs';
import { EDIT, FOLLOW, PAGE, told } from './documents.mjs';
import { possibleTypes } from './schema.mjs';
import { ann, bo, channel, collector, done, line, say, url } from './world.mjs';

const client = apollo(url, () => ann, possibleTypes);
const texts = ({ data }) => data.channel.messages.edges.map(({ node }) => node.text);
const edit = (who, message, text) => who.mutate({ mutation: gql(EDIT), variables: { input: { message, text } } });

test('a mistake in a document, and a query', async () => {
  await assert.rejects(client.query({ query: gql`{ nothing }` }), (error) => error.errors[0].message.includes('nothing'));
  const { data } = await client.query({ query: gql`{ viewer { id name } node(id: "nonsense") { id } }` });
  assert.deepEqual([data.viewer.name, data.node], ['Ann 安', null]);
});

test('each result of a mutation has its type', async () => {
  const where = await channel();
  const { id } = await say(where, 'one');
  const result = async (who, text) => (await edit(who, id, text)).data.editMessage;
  assert.equal(told(await result(client, '一')), 'Changed.');
  const other = apollo(url, () => bo, possibleTypes);
  assert.match(told(await result(other, 'mine')), /^Not permitted; it takes: ./);
  assert.match(told(await result(client, 'x'.repeat(10_001))), /^text: ./);
  await done('retractMessage', 'position', { message: id });
  assert.equal(told(await result(client, 'late')), 'It has been taken back meanwhile.');
});

test('objects are cached by their ids, whatever they came in', async () => {
  const where = await channel();
  const { id, position } = await say(where, 'one');
  const shown = collector();
  const watched = client.watchQuery({ query: gql(PAGE), variables: { channel: where, first: 10 } });
  const watching = watched.subscribe((result) => result.data && shown.take(texts(result)));
  await shown.until(1);
  await edit(client, id, '一');
  await shown.until(2);
  const changes = client.subscribe({ query: gql(FOLLOW), variables: { channel: where, after: position } });
  const following = changes.subscribe({ next() {}, error: shown.take });
  await done('editMessage', 'position', { message: id, text: 'said elsewhere' });
  assert.deepEqual(await shown.until(3), [['one'], ['一'], ['said elsewhere']]);
  watching.unsubscribe();
  following.unsubscribe();
});

test('pages become one list', async () => {
  const where = await channel();
  const said = [];
  for (let number = 0; number < 25; number += 1) said.unshift((await say(where, `message ${number}`), `message ${number}`));
  const variables = { channel: where, first: 10 };
  const shown = collector();
  const list = client.watchQuery({ query: gql(PAGE), variables });
  const watching = list.subscribe((result) => result.loading || shown.take(texts(result)));
  await shown.until(1);
  let info = list.getCurrentResult().data.channel.messages.pageInfo;
  for (let pages = 2; info.hasNextPage; pages += 1) {
    const { data } = await list.fetchMore({ variables: { after: info.endCursor } });
    info = data.channel.messages.pageInfo;
    await shown.until(pages);
  }
  assert.deepEqual(shown.values, [said.slice(0, 10), said.slice(0, 20), said]);
  watching.unsubscribe();
});

test('following resumes where it was', async () => {
  const where = await channel();
  const { url: near, cut, close } = await line();
  const begin = await say(where, 'begin');
  const heard = collector();
  const follower = apollo(near, () => bo, possibleTypes, { retryWait: async () => {} });
  const following = follower.subscribe({ query: gql(FOLLOW), variables: { channel: where, after: begin.position } }).subscribe({
    next({ data }) {
      heard.take(data.messages.message.text);
      if (heard.values.length % 5 === 0) cut();
    },
    error: heard.take,
  });
  const said = Array.from({ length: 20 }, (_, number) => `message ${number}`);
  for (const text of said) await say(where, text);
  assert.deepEqual(await heard.until(20), said);
  following.unsubscribe();
  close();
});
