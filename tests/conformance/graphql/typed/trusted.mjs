// The same documents with their hashes, and the file that is registered with the server.
import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset';

import types from './codegen.mjs';

export default {
  ...types,
  generates: {
    'typed/trusted/': {
      ...types.generates['typed/generated/'],
      documentTransforms: [addTypenameSelectionDocumentTransform],
      presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: 'sha256' } },
    },
  },
};
