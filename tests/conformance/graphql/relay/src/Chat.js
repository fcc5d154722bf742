// A chat as Relay has it: fragments, a connection that is paged, mutations that update it, a subscription.
import { graphql } from 'relay-runtime';

export const query = graphql`
  query ChatQuery($channel: ID!) {
    viewer { id name }
    channel(id: $channel) { name archived ...Chat_messages }
  }
`;

export const messages = graphql`
  fragment Chat_messages on Channel
  @argumentDefinitions(count: { type: "Int", defaultValue: 50 }, cursor: { type: "String" })
  @refetchable(queryName: "ChatPageQuery") {
    messages(first: $count, after: $cursor) @connection(key: "Chat_messages") {
      __id
      edges { cursor node { id ...Chat_message } }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
  }
`;

export const message = graphql`
  fragment Chat_message on Message @refetchable(queryName: "ChatMessageQuery") {
    text
    sentAt
    author { name }
    quotes { ...Chat_quoted }
    reactions(first: 20) { edges { node { emoji person { name } } } }
  }
`;

export const quoted = graphql`
  fragment Chat_quoted on Message { text @required(action: NONE) author { name } }
`;

export const post = graphql`
  mutation ChatPostMutation($input: PostMessageInput!, $connections: [ID!]!) {
    postMessage(input: $input) {
      __typename
      ... on PostMessageDone {
        position
        message @prependNode(connections: $connections, edgeTypeName: "MessageEdge") { ...Chat_message }
      }
      ... on Refused { explanation }
    }
  }
`;

export const follow = graphql`
  subscription ChatSubscription($channel: ID!, $after: Position) {
    messages(channel: $channel, after: $after) {
      __typename
      ... on MessageChange { position event message { retracted ...Chat_message } }
      ... on ResyncRequired { position }
      ... on NotFound { explanation }
    }
  }
`;
