// Whoever was away for too long is told so, reads anew, and goes on. The server's patience is five positions here.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FOLLOW, asker, eventsClient, follow, keep, socketClient } from './onrecord.mjs';
import { bo, channel, collector, say, url } from './world.mjs';

for (const [name, create] of Object.entries({ 'graphql-ws': socketClient, 'graphql-sse': eventsClient })) {
  test(`${name}: too long away`, async () => {
    const where = await channel();
    const begin = await say(where, 'begin');
    let last;
    for (let number = 0; number < 6; number += 1) last = await say(where, `message ${number}`);
    const client = create(url, () => bo);
    const heard = [];
    await follow(client, FOLLOW, { channel: where, after: begin.position }, (update) => heard.push(update));
    assert.deepEqual(heard.map((update) => update.__typename), ['ResyncRequired']);
    assert.ok(BigInt(heard[0].position) >= BigInt(last.position));

    // Other channels make the newest message here an old one, so that keeping begins with resynchronising.
    const elsewhere = await channel('elsewhere');
    for (let number = 0; number < 6; number += 1) await say(elsewhere, `message ${number}`);
    const messages = new Map();
    const shown = collector();
    keep(asker(url, () => bo), client, where, messages, () => shown.take(messages.size)).catch(shown.take);
    await shown.until(2);
    await say(where, 'after all');
    assert.deepEqual(await shown.until(3), [7, 7, 8]);
    await client.dispose();
  });
}
