// Who is here and who is typing, and what goes on in all channels, by graphql-ws and graphql-sse.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { asker, eventsClient, socketClient } from './onrecord.mjs';
import { ann, bo, channel, collector, done, say, url } from './world.mjs';

const PRESENCE = `
subscription Presence($channel: ID!) {
  presence(channel: $channel) { __typename ... on PresenceShown { people { personId state } } }
}
`;
const TYPING = `
subscription Typing($channel: ID!) {
  typing(channel: $channel) { __typename ... on TypingShown { personIds } }
}
`;
const AWAY = `
mutation Away { showPresence(input: { state: AWAY }) { __typename } }
`;
const TYPE = `
mutation Type($channel: ID!) {
  showTyping(input: { channel: $channel }) { ... on ShowTypingDone { seconds } ... on NotFound { explanation } }
}
`;

const LIST = `
query List {
  position
  channels(first: 100) { nodes { id name archived } }
}
`;
const CHANNELS = `
subscription Channels($after: Position) {
  channels(after: $after) {
    __typename
    ... on ChannelChange { position event id channel { id name archived } }
    ... on ResyncRequired { position }
  }
}
`;
const EVERYTHING = `
subscription Everything($after: Position) {
  messagesOfMyChannels(after: $after) {
    __typename
    ... on MessageChange { position event message { id text channel { id unreadCount mentionCount } } }
    ... on ResyncRequired { position }
  }
}
`;

test('presence and typing', async () => {
  const where = await channel();
  await done('joinChannel', 'position', { channel: where }, bo);
  const me = (await asker(url, () => bo)('{ viewer { id } }')).data.viewer.id;
  const sockets = socketClient(url, () => ann);
  const events = eventsClient(url, () => bo);
  const present = collector();
  const typing = collector();
  const sink = (into) => ({ next: ({ data }) => into.take(data), error: into.take, complete() {} });
  sockets.subscribe({ query: PRESENCE, variables: { channel: where } }, sink(present));
  await present.until(1);
  const stop = events.subscribe({ query: TYPING, variables: { channel: where } }, sink(typing));
  const [, came] = await present.until(2);
  assert.deepEqual(came.presence.people, [{ personId: me, state: 'ONLINE' }]);
  await asker(url, () => bo)(AWAY);
  const [, , away] = await present.until(3);
  assert.deepEqual(away.presence.people, [{ personId: me, state: 'AWAY' }]);
  const { data } = await asker(url, () => ann)(TYPE, { channel: where });
  assert.ok(data.showTyping.seconds > 0);
  const [first] = await typing.until(1);
  assert.equal(first.typing.personIds.length, 1);
  stop();
  await sockets.dispose();
});

test('a list of channels', async () => {
  const { data } = await asker(url, () => bo)(LIST);
  const sockets = socketClient(url, () => bo);
  const changes = collector();
  const sink = { next: ({ data: told }) => changes.take(told.channels), error: changes.take, complete() {} };
  sockets.subscribe({ query: CHANNELS, variables: { after: data.position } }, sink);
  const where = await channel('新的 New');
  await done('archiveChannel', 'position', { channel: where });
  const told = await changes.until(2);
  assert.deepEqual(told.map(({ event, id }) => [event, id]), [['CHANNEL_OPENED', where], ['CHANNEL_ARCHIVED', where]]);
  assert.equal(told[1].channel.archived, true);
  await sockets.dispose();
});

test('what is said in all channels of one\'s own', async () => {
  const [first, second, another] = [await channel(), await channel(), await channel()];
  await done('joinChannel', 'position', { channel: first }, bo);
  const { data } = await asker(url, () => bo)(LIST);
  const client = eventsClient(url, () => bo);
  const changes = collector();
  const sink = { next: ({ data: told }) => changes.take(told.messagesOfMyChannels), error: changes.take, complete() {} };
  client.subscribe({ query: EVERYTHING, variables: { after: data.position } }, sink);
  await say(first, '一');
  await say(another, 'elsewhere');
  await changes.until(1);
  await done('joinChannel', 'position', { channel: second }, bo);
  await say(second, '二');
  const told = await changes.until(2);
  assert.deepEqual(told.map(({ message }) => [message.text, message.channel.id]), [['一', first], ['二', second]]);
  assert.equal(told[1].message.channel.unreadCount, 1);
  await client.dispose();
});
