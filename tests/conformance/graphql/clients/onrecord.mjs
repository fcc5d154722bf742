// The least that a front end needs: asking, following, resuming. The guide for front-end developers shows it.
import { createClient as createEventsClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';

/** Sends a query or mutation to `url`; `token` gives the token to send along, as a promise if it likes. */
export function asker(url, token) {
  return async (query, variables = {}) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        authorization: `Bearer ${await token()}`,
      },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  };
}

/** A client that follows over a WebSocket. */
export function socketClient(url, token, more = {}) {
  return resuming(createSocketClient({
    url: url.replace(/^http/, 'ws'),
    connectionParams: async () => ({ token: await token() }),
    retryAttempts: Infinity,
    shouldRetry: () => true,
    ...more,
  }));
}

/** A client that follows by server-sent events. */
export function eventsClient(url, token, more = {}) {
  return resuming(createEventsClient({
    url,
    headers: async () => ({ authorization: `Bearer ${await token()}` }),
    retryAttempts: Infinity,
    ...more,
  }));
}

/**
 * The same client, whose subscriptions resume. It writes the variables anew whenever it connects again: the position
 * that is kept in them is where the server goes on.
 */
export function resuming(client) {
  return {
    ...client,
    subscribe(operation, sink) {
      const sent = { ...operation, variables: { ...operation.variables } };
      return client.subscribe(sent, {
        next(answer) {
          const [update] = Object.values(answer.data ?? {});
          if (update?.position) sent.variables.after = update.position;
          sink.next(answer);
        },
        error: (error) => sink.error(error),
        complete: () => sink.complete(),
      });
    },
  };
}

/** Gives each update to `take`, until the server completes. */
export function follow(client, query, variables, take) {
  return new Promise((resolve, reject) => {
    client.subscribe({ query, variables }, {
      next: ({ data, errors }) => (errors ? reject(errors) : Object.values(data).forEach(take)),
      error: reject,
      complete: resolve,
    });
  });
}

export const PAGE = `
query Page($channel: ID!, $position: Position) @waitFor(position: $position) {
  channel(id: $channel) {
    messages(first: 50) { nodes { id position text author { name } } }
  }
}`;

export const FOLLOW = `
subscription Follow($channel: ID!, $after: Position) {
  messages(channel: $channel, after: $after) {
    __typename
    ... on MessageChange { position event message { id position text author { name } } }
    ... on ResyncRequired { position }
    ... on NotFound { explanation }
  }
}`;

/** Keeps `messages`, a Map by id, like the channel; `shown` is told whenever it has changed. */
export async function keep(ask, client, channel, messages, shown) {
  let position;
  for (let resync = true; resync; ) {
    resync = false;
    const { data } = await ask(PAGE, { channel, position });
    const page = data.channel.messages.nodes;
    messages.clear();
    for (const message of page) messages.set(message.id, message);
    shown();
    // What changed after the newest message that was read is delivered, perhaps once more: `set` doesn't mind.
    position ??= page.reduce((last, { position: own }) => (BigInt(own) > BigInt(last) ? own : last), '0');
    await follow(client, FOLLOW, { channel, after: position }, (update) => {
      if (update.__typename === 'ResyncRequired') {
        resync = true;
        position = update.position;
      } else if (update.__typename === 'MessageChange') {
        messages.set(update.message.id, update.message);
        shown();
      }
    });
  }
}
