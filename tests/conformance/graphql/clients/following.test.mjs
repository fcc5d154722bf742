// graphql-ws and graphql-sse: queries, mutations, following, resuming, errors, the end of a token.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FOLLOW, asker, eventsClient, follow, keep, socketClient } from './onrecord.mjs';
import { ann, bo, channel, collector, done, lasting, line, say, url } from './world.mjs';

const VIEWER = '{ viewer { name } }';
const POST = `mutation ($input: PostMessageInput!) {
  postMessage(input: $input) { __typename ... on PostMessageDone { message { text } } ... on Refused { explanation } }
}`;
const QUICKLY = { retryWait: async () => {}, retry: async () => {} };
const CLIENTS = { 'graphql-ws': socketClient, 'graphql-sse': eventsClient };

/** The one answer of an operation. */
async function answer(client, query, variables = {}) {
  const answers = [];
  const next = (it) => answers.push(it);
  await new Promise((complete, error) => client.subscribe({ query, variables }, { next, error, complete }));
  assert.equal(answers.length, 1);
  return answers[0];
}

for (const [name, create] of Object.entries(CLIENTS)) {
  test(`${name}: queries, mutations and refusals`, async () => {
    const client = create(url, () => ann);
    assert.deepEqual(await answer(client, VIEWER), { data: { viewer: { name: 'Ann 安' } } });
    const input = { channel: await channel(), text: '大家好 👋' };
    const said = await answer(client, POST, { input });
    assert.deepEqual(said.data.postMessage, { __typename: 'PostMessageDone', message: { text: '大家好 👋' } });
    const refused = await answer(client, POST, { input: { ...input, text: '' } });
    assert.notEqual(refused.data.postMessage.__typename, 'PostMessageDone');
    assert.ok(refused.data.postMessage.explanation);
    await client.dispose();
  });

  test(`${name}: what is wrong with an operation is said, and the next one works`, async () => {
    const client = create(url, () => ann);
    for (const query of ['{ nothing }', 'subscription { messages(channel: 7.5) { __typename } }']) {
      const errors = await answer(client, query).then((it) => it.errors, (thrown) => thrown);
      assert.ok(errors[0].message && errors[0].locations, JSON.stringify(errors));
    }
    assert.ok((await answer(client, VIEWER)).data);
    await client.dispose();
  });

  test(`${name}: following, what may not be seen, and stopping`, async () => {
    const client = create(url, () => bo);
    const where = await channel();
    const before = await say(where, 'before');
    const heard = collector();
    const stop = client.subscribe(
      { query: FOLLOW, variables: { channel: where, after: String(BigInt(before.position) - 1n) } },
      { next: ({ data }) => heard.take(data.messages), error: heard.take, complete: () => heard.take('complete') },
    );
    await heard.until(1);
    const after = await say(where, 'after');
    await done('addReaction', 'position', { message: after.id, emoji: '👍' });
    await heard.until(3);
    stop();
    await heard.until(4);
    await say(where, 'unheard');
    const told = heard.values.map((it) => (it.event ? [it.event, it.message.text] : it));
    assert.deepEqual(told, [
      ['MESSAGE_POSTED', 'before'], ['MESSAGE_POSTED', 'after'], ['REACTION_ADDED', 'after'], 'complete',
    ]);
    const hidden = (await done('openChannel', 'channel { id }', { name: 'Hidden', visibility: 'PRIVATE' })).channel.id;
    const [said] = [await answer(client, FOLLOW, { channel: hidden })];
    assert.equal(said.data.messages.__typename, 'NotFound');
    await client.dispose();
  });

  test(`${name}: a line that is lost again and again loses and doubles nothing`, async () => {
    const where = await channel();
    const begin = await say(where, 'begin');
    const { url: near, cut, close } = await line();
    let connected = 0;
    const client = create(near, () => bo, { ...QUICKLY, on: { connected: () => { connected += 1; } } });
    const heard = collector();
    const cutting = async (update) => {
      heard.take(update.message.text);
      if (heard.values.length % 7 === 0) cut();
    };
    follow(client, FOLLOW, { channel: where, after: begin.position }, cutting).catch(() => {});
    const texts = Array.from({ length: 40 }, (_, number) => `message ${number}`);
    for (const text of texts) await say(where, text);
    assert.deepEqual(await heard.until(40), texts);
    assert.ok(connected > 5, `${connected} connections`);
    await client.dispose();
    close();
  });

  test(`${name}: when a token ends, a new one carries on`, async () => {
    const where = await channel();
    const begin = await say(where, 'begin');
    const tokens = [lasting(3, bo)];
    const asked = collector();
    const token = () => {
      asked.take(tokens.length);
      return tokens.shift() ?? bo;
    };
    const client = create(url, token, QUICKLY);
    const heard = collector();
    const take = ({ message }) => heard.take(message.text);
    follow(client, FOLLOW, { channel: where, after: begin.position }, take).catch(heard.take);
    await say(where, 'with the first token');
    await heard.until(1);
    await asked.until(2);
    await say(where, 'with the second');
    assert.deepEqual(await heard.until(2), ['with the first token', 'with the second']);
    assert.deepEqual(asked.values, [1, 0]);
    await client.dispose();
  });

  test(`${name}: a token that is no good is an error`, async () => {
    const client = create(url, () => 'forged', { retryAttempts: 0, shouldRetry: () => false });
    await assert.rejects(answer(client, VIEWER), (thrown) => thrown.code === 4403 || /401|Unauthorized/.test(thrown.message));
    await client.dispose();
  });

  test(`${name}: where no token can be had, following ends`, async () => {
    const where = await channel();
    const tokens = [lasting(2, bo)];
    const token = async () => {
      if (tokens.length === 0) throw new Error('signed out');
      return tokens.shift();
    };
    const client = create(url, token, QUICKLY);
    await assert.rejects(follow(client, FOLLOW, { channel: where }, () => {}), (thrown) => (thrown.reason ?? thrown.message) === 'signed out');
    await client.dispose();
  });

  test(`${name}: a list is kept like the channel`, async () => {
    const where = await channel();
    const first = await say(where, 'one');
    const messages = new Map();
    const shown = collector();
    const client = create(url, () => bo);
    const texts = () => [...messages.values()].map((message) => message.text).sort();
    keep(asker(url, () => bo), client, where, messages, () => shown.take(texts())).catch(shown.take);
    await shown.until(1);
    await say(where, 'two');
    await shown.until(2);
    await done('editMessage', 'position', { message: first.id, text: '一' });
    assert.deepEqual((await shown.until(3)).at(-1), ['two', '一']);
    await client.dispose();
  });
}
