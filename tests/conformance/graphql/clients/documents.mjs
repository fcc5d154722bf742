// What a chat asks for; graphql-codegen makes types of it.
export const PAGE = /* GraphQL */ `
  query MessagesOfChannel($channel: ID!, $first: Int!, $after: String) {
    channel(id: $channel) {
      id
      name
      messages(first: $first, after: $after) {
        edges { cursor node { id position text author { id name } } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
  }
`;

export const EDIT = /* GraphQL */ `
  mutation Edit($input: EditMessageInput!) {
    editMessage(input: $input) {
      __typename
      ... on EditMessageDone { position message { id text editedAt } }
      ... on AlreadyRetracted { messageId }
      ... on NotPermitted { authority }
      ... on InvalidInput { field reason atLeast atMost }
      ... on TryAgain { commandId }
      ... on Refused { explanation }
    }
  }
`;

export const FOLLOW = /* GraphQL */ `
  subscription Changes($channel: ID!, $after: Position) {
    messages(channel: $channel, after: $after) {
      __typename
      ... on MessageChange { position event message { id position text author { id name } } }
      ... on ResyncRequired { position explanation }
      ... on NotFound { kind explanation }
    }
  }
`;

/** What to tell the user about an edit. */
export function told(result) {
  switch (result.__typename) {
    case 'EditMessageDone':
      return 'Changed.';
    case 'InvalidInput':
      return `${result.field}: ${result.reason}`;
    case 'NotPermitted':
      return `Not permitted; it takes: ${result.authority}.`;
    case 'AlreadyRetracted':
      return 'It has been taken back meanwhile.';
    default:
      return result.explanation;
  }
}
