// urql over HTTP and server-sent events, with its normalised cache.
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';

import { eventsClient } from './onrecord.mjs';

/** `introspection` is the schema as data. The token is asked for before each operation. */
export function urql(url, token, introspection, more = {}) {
  const events = eventsClient(url, token, more);
  return new Client({
    url,
    preferGetMethod: false,
    exchanges: [
      cacheExchange({ schema: introspection, resolvers: { Channel: { messages: relayPagination() } } }),
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({ unsubscribe: events.subscribe({ query, variables }, sink) }),
        }),
      }),
      fetchExchange,
    ],
    fetch: async (where, options) =>
      fetch(where, { ...options, headers: { ...options.headers, authorization: `Bearer ${await token()}` } }),
  });
}
