// A client whose types come from the schema: what is misspelt, missing or forgotten doesn't compile.
import { print } from 'graphql';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';

import { graphql } from './generated/gql.js';
import type { SayMutation } from './generated/graphql.js';

async function ask<Result, Variables>(document: TypedDocumentNode<Result, Variables>, variables: Variables): Promise<Result> {
  const response = await fetch(process.env.ONRECORD_URL!, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${process.env.ONRECORD_ANN}` },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const { data, errors } = (await response.json()) as { data: Result; errors?: { message: string }[] };
  if (errors) throw new Error(errors.map(({ message }) => message).join('\n'));
  return data;
}

const Open = graphql(`
  mutation Open($input: OpenChannelInput!) {
    openChannel(input: $input) { __typename ... on OpenChannelDone { channel { id } } ... on Refused { explanation } }
  }
`);

const Say = graphql(`
  mutation Say($input: PostMessageInput!) {
    postMessage(input: $input) {
      __typename
      ... on PostMessageDone { position message { ...Line } }
      ... on InvalidInput { field reason }
      ... on NotPermitted { authority }
      ... on TryAgain { commandId }
      ... on Refused { explanation }
    }
  }
`);

const Latest = graphql(`
  query Latest($channel: ID!, $position: Position) @waitFor(position: $position) {
    channel(id: $channel) { kind messages(first: 50) { nodes { ...Line } } }
  }
`);

graphql(`
  fragment Line on Message { id text sentAt author { name } }
`);

function told(result: NonNullable<SayMutation['postMessage']>): string {
  switch (result.__typename) {
    case 'PostMessageDone':
      return `said at ${result.position}`;
    case 'InvalidInput':
      return `${result.field}: ${result.reason}`;
    case 'NotPermitted':
      return `not permitted without: ${result.authority}`;
    case 'TryAgain':
      return `send it again as ${result.commandId}`;
    default:
      return result.explanation;
  }
}

const { openChannel } = await ask(Open, { input: { name: '类型 Types', visibility: 'PUBLIC' } });
if (openChannel?.__typename !== 'OpenChannelDone' || !openChannel.channel) throw new Error('It was not opened.');
const channel = openChannel.channel.id;
const { postMessage: said } = await ask(Say, { input: { channel, text: '你好, types' } });
const { postMessage: refused } = await ask(Say, { input: { channel, text: 'x'.repeat(10_001) } });
const position = said?.__typename === 'PostMessageDone' ? said.position : null;
const { channel: found } = await ask(Latest, { channel, position });
console.log(JSON.stringify({
  said: told(said!).replace(/\d+/, '…'),
  refused: told(refused!),
  found: found?.messages.nodes.map(({ text, author }) => [author?.name, text]),
}));

// @ts-expect-error a variable is missing
void (() => ask(Latest, { position: '1' }));
// @ts-expect-error no such visibility
void (() => ask(Open, { input: { name: 'x', visibility: 'OPEN' } }));
// @ts-expect-error a field that was not asked for
void found?.messages.nodes[0]?.position;
