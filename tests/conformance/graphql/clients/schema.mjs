// What caches must know of the schema, asked of the server itself.
import { getIntrospectionQuery } from 'graphql';

import { asker } from './onrecord.mjs';
import { ann, url } from './world.mjs';

export const { data: introspection } = await asker(url, () => ann)(getIntrospectionQuery({ specifiedByUrl: true, oneOf: true }));

export const possibleTypes = Object.fromEntries(
  introspection.__schema.types
    .filter((type) => type.possibleTypes)
    .map((type) => [type.name, type.possibleTypes.map((possible) => possible.name)]),
);
