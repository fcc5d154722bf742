// Apollo Client over HTTP and a WebSocket.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { relayStylePagination } from '@apollo/client/utilities';

import { socketClient } from './onrecord.mjs';

/** `possibleTypes` names the types of each union and interface. */
export function apollo(url, token, possibleTypes, more = {}) {
  const authorised = new SetContextLink(async ({ headers }) => ({
    headers: { ...headers, authorization: `Bearer ${await token()}` },
  }));
  return new ApolloClient({
    link: ApolloLink.split(
      ({ operationType }) => operationType === 'subscription',
      new GraphQLWsLink(socketClient(url, token, more)),
      authorised.concat(new HttpLink({ uri: url })),
    ),
    cache: new InMemoryCache({
      possibleTypes,
      typePolicies: { Channel: { fields: { messages: relayStylePagination(['orderBy', 'filter']) } } },
    }),
  });
}
